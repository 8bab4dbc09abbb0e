import { join } from "node:path";
import {
  ABORTED_RESULT,
  type Channel,
  type DeliveryError,
  type OutgoingMail,
  type SendResult,
  toErrorMessage,
} from "./channel.ts";
import { classifyLocalFailure, compose, type ComposedMail, parseSender } from "./email/compose.ts";
import { Semaphore } from "./semaphore.ts";

const NAME = "capture";
const CONNECTIONS = 10;

/**
 * Opens the channel that delivers no mail but writes each to `<dataDir>/mail/<date>/<delivery id>.eml`,
 * atomically. The files survive a crash of the process, but perhaps not of the machine, because they are
 * not flushed to the disk. A failure to write pauses the message, because the next mail would fail, too.
 *
 * @param dataDir created if missing
 * @param from "noreply@example.com" or "Example <noreply@example.com>"
 * @throws {AddressError} for a sender that is not one address
 */
export function openCaptureChannel(dataDir: string, from: string): Channel {
  const sender = parseSender(from);
  const directory = join(dataDir, "mail");
  const semaphore = new Semaphore(CONNECTIONS);
  const capture = async (mail: OutgoingMail): Promise<SendResult> => {
    let composed: ComposedMail;
    try {
      composed = compose(mail, sender);
    } catch (error) {
      return { outcome: "failed", provider: NAME, error: classifyLocalFailure(error) };
    }
    try {
      await write(directory, mail.deliveryId, composed.content);
      return { outcome: "sent", provider: NAME, providerMessageId: composed.messageId };
    } catch (error) {
      return { outcome: "failed", provider: NAME, error: pausing(directory, error) };
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
  try {
    await Deno.writeFile(unfinished, content);
    await Deno.rename(unfinished, join(day, `${deliveryId}.eml`));
  } catch (error) {
    // Its own failure is ignored, because it would hide the first one.
    await Deno.remove(unfinished).catch(() => {});
    throw error;
  }
}

/** Classifies a failure to write, for example because the disk is full. */
function pausing(directory: string, error: unknown): DeliveryError {
  const reason = error instanceof Error ? error.message : String(error);
  return {
    type: "OTHER",
    disposition: "pause",
    code: codeOf(error),
    message: toErrorMessage(`Cannot write captured mail to ${directory}: ${reason}`),
    retryAfterMs: null,
    beforeRecipient: true,
  };
}

/** Code of the operating system: "ENOSPC". */
function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : null;
}
