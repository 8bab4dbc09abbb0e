import { LRUCache } from "lru-cache";
import type { RenderingFault } from "./renderer.ts";

/** Maximum CPU time of the rendering for one recipient, in milliseconds. */
export const RENDERING_MS = 1_000;

/** CPU time of all renderings of a message in a process, in milliseconds: fixed, and per recipient. */
const FIXED_MS = 5_000;
const RECIPIENT_MS = 50;
const MAX_MESSAGES = 1_000;

interface Spent {
  /** CPU time in milliseconds. */
  readonly ms: number;
  readonly recipients: number;
}

/**
 * Budgets of CPU time of the messages that are being rendered, so that a slow template costs a bounded
 * time per message, not per recipient. Each process counts its own.
 */
export class MessageBudgets {
  readonly #spent = new LRUCache<string, Spent>({ max: MAX_MESSAGES });

  /** Returns the fault for the other recipients of a message that has used its budget; null if it has not. */
  refusalOf(messageId: string): RenderingFault | null {
    const { ms, recipients } = this.#spentBy(messageId);
    if (ms <= FIXED_MS + RECIPIENT_MS * recipients) return null;
    const reason = `the message takes more than ${FIXED_MS / 1_000} s of CPU time ` +
      `plus ${RECIPIENT_MS} ms per recipient`;
    return { type: "fault", part: null, variable: null, reason, isSlow: true };
  }

  /** Counts the rendering for one recipient of a message. */
  spend(messageId: string, ms: number): void {
    const earlier = this.#spentBy(messageId);
    this.#spent.set(messageId, { ms: earlier.ms + ms, recipients: earlier.recipients + 1 });
  }

  #spentBy(messageId: string): Spent {
    return this.#spent.get(messageId) ?? { ms: 0, recipients: 0 };
  }
}
