import { join } from "node:path";
import { type Channel, GIVEN_UP, type OutgoingMail, type SendResult } from "./channel.ts";
import { classifyLocalFailure, compose, parseSender } from "./email/compose.ts";
import { Gate } from "./semaphore.ts";

const NAME = "capture";
const CONNECTIONS = 10;

/**
 * Opens the way out that goes nowhere: each mail becomes `<dataDir>/mail/<date>/<delivery id>.eml`,
 * there at once and whole, or not at all.
 *
 * @param dataDir made when missing
 * @param from "noreply@example.com" or "Example <noreply@example.com>"
 * @throws {AddressError} for an unusable sender
 */
export function openCaptureChannel(dataDir: string, from: string): Channel {
  const sender = parseSender(from);
  const gate = new Gate(CONNECTIONS);
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
    send: async (mail, options = {}) => await gate.pass(options, () => capture(mail)) ?? GIVEN_UP,
    close: () => gate.empty(),
  };
}

async function write(directory: string, deliveryId: string, content: Uint8Array): Promise<void> {
  // One directory per day: a million files in one are slow to list.
  const day = join(directory, new Date().toISOString().slice(0, 10));
  const unfinished = join(day, `.${deliveryId}.tmp`);
  await Deno.mkdir(day, { recursive: true });
  await Deno.writeFile(unfinished, content);
  await Deno.rename(unfinished, join(day, `${deliveryId}.eml`));
}
