import { join } from "node:path";
import { ABORTED_RESULT, type Channel, type OutgoingMail, type SendResult } from "./channel.ts";
import { classifyLocalFailure, compose, parseSender } from "./email/compose.ts";
import { Semaphore } from "./semaphore.ts";

const NAME = "capture";
const CONNECTIONS = 10;

/**
 * Opens the channel that delivers no mail but writes each to `<dataDir>/mail/<date>/<delivery id>.eml`,
 * atomically.
 *
 * @param dataDir created if missing
 * @param from "noreply@example.com" or "Example <noreply@example.com>"
 * @throws {AddressError} for a sender that is not one address
 */
export function openCaptureChannel(dataDir: string, from: string): Channel {
  const sender = parseSender(from);
  const semaphore = new Semaphore(CONNECTIONS);
  const capture = async (mail: OutgoingMail): Promise<SendResult> => {
    try {
      const { content, messageId } = compose(mail, sender);
      await write(join(dataDir, "mail"), mail.deliveryId, content);
      return { outcome: "sent", provider: NAME, providerMessageId: messageId };
    } catch (error) {
      return { outcome: "failed", provider: NAME, error: classifyLocalFailure(error) };
    }
  };
  return {
    connections: CONNECTIONS,
    send: async (mail, options = {}) =>
      await semaphore.run(options, () => capture(mail)) ?? ABORTED_RESULT,
    close: () => semaphore.drain(),
  };
}

async function write(directory: string, deliveryId: string, content: Uint8Array): Promise<void> {
  // One directory per day, because a directory of a million files is slow to list.
  const day = join(directory, new Date().toISOString().slice(0, 10));
  const unfinished = join(day, `.${deliveryId}.tmp`);
  await Deno.mkdir(day, { recursive: true });
  await Deno.writeFile(unfinished, content);
  await Deno.rename(unfinished, join(day, `${deliveryId}.eml`));
}
