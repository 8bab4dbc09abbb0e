import { WebhookError } from "./webhook.ts";

/** Counts bytes that a request holds in memory until it is answered. */
export type HoldBytes = (bytes: number) => void;

/** Limits the memory of all bodies that are read at one time, because each may be large. */
export class BodyMemory {
  #held = 0;

  /** @param limit in bytes */
  constructor(readonly limit: number) {}

  /**
   * Runs `work`, which calls its argument for all bytes that it reads.
   *
   * @throws {WebhookError} 503 in `work`, when the bodies together exceed the limit
   */
  async with<T>(work: (hold: HoldBytes) => Promise<T>): Promise<T> {
    let own = 0;
    try {
      return await work((bytes) => {
        if (this.#held + bytes > this.limit) {
          throw new WebhookError(
            503,
            "Cannot read the body: too many large requests are in progress; repeat the request",
          );
        }
        own += bytes;
        this.#held += bytes;
      });
    } finally {
      this.#held -= own;
    }
  }
}
