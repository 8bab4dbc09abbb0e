import type { SmtpTestServer } from "./smtp.ts";

/** Holds back the replies of a mail server to the final dots of mails. */
export interface ReplyHold {
  /** Recipients whose mails wait for their reply, oldest first. */
  readonly waiting: readonly string[];
  /** Returns when that many mails wait. */
  untilWaiting(count: number): Promise<void>;
  /** Sends the oldest replies. */
  release(count: number): void;
  /** Sends all replies, and holds back none until `enable`. */
  disable(): void;
  /** Holds back the replies to all mails from now on. */
  enable(): void;
}

/**
 * Holds back replies from now on.
 *
 * @param applies selects the recipients; absent: all
 */
export function holdReplies(
  { replies }: Pick<SmtpTestServer, "replies">,
  applies: (address: string) => boolean = () => true,
): ReplyHold {
  const waiting: { readonly address: string; readonly reply: () => void }[] = [];
  let enabled = true;
  let onArrival = () => {};
  const release = (count: number) => waiting.splice(0, count).forEach(({ reply }) => reply());
  replies.beforeReply = (address) => {
    if (!enabled || !applies(address)) return Promise.resolve();
    return new Promise((reply) => {
      waiting.push({ address, reply });
      onArrival();
    });
  };
  return {
    get waiting() {
      return waiting.map(({ address }) => address);
    },
    async untilWaiting(count) {
      while (waiting.length < count) {
        await new Promise<void>((resolve) => onArrival = resolve);
      }
    },
    release,
    disable() {
      enabled = false;
      release(Infinity);
    },
    enable() {
      enabled = true;
    },
  };
}
