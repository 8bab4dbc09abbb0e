import type { SmtpTestServer } from "./smtp.ts";

/** Delays the replies of a mail server to the final dots of mails. */
export interface ReplyHold {
  /** Recipients whose mails wait for their reply, oldest first. */
  readonly waiting: readonly string[];
  /** Returns when at least `count` mails wait. */
  untilWaiting(count: number): Promise<void>;
  /** Sends the oldest replies. */
  release(count: number): void;
  /** Sends all waiting replies, and delays none until `enable`. */
  disable(): void;
  /** Delays the replies to all later mails. */
  enable(): void;
}

/**
 * Delays the replies to all later mails until they are released.
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
