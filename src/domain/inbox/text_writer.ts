import { setTimeout as sleep } from "node:timers/promises";
import { getLogger } from "@logtape/logtape";
import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { partialText } from "./partial_reply.ts";
import { type ClaimParameters, HELD, parametersOf, type WritingClaim } from "./writing.ts";

const INTERVAL_MS = 250;
// Each reading takes as long as the answer is, so that a long one is read at intervals, even if no text has begun.
const SHORT_LENGTH = 4_000;
// A longer answer is not valid.
const MAX_LENGTH = 200_000;
const log = getLogger(["waybill", "inbox"]);

const WRITE = statement<[...ClaimParameters, text: string], { threadId: string }>(
  "suggestions.writeText",
  `update suggestions s set text = $4 where ${HELD} returning thread_id as "threadId"`,
);

/** Stores and publishes the text of a suggestion while the model writes it: the first words at once, then four times a second. */
export class TextWriter {
  readonly #services: Services;
  readonly #claim: WritingClaim;
  readonly #minConfidence: number;
  readonly #onLost: () => void;
  #answer: string | null = null;
  #written = "";
  /** Time of the last writing, or reading of a long answer. */
  #updatedAt = -Infinity;
  #running: Promise<void> | null = null;
  readonly #ended = new AbortController();

  /** @param onLost called once the claim has ended, so that nothing more can be written */
  constructor(
    services: Services,
    claim: WritingClaim,
    minConfidence: number,
    onLost: () => void,
  ) {
    this.#services = services;
    this.#claim = claim;
    this.#minConfidence = minConfidence;
    this.#onLost = onLost;
  }

  /** Accepts the answer so far. Returns at once. */
  add(answer: string): void {
    if (answer.length > MAX_LENGTH) return;
    this.#answer = answer;
    this.#running ??= this.#run().catch((error) => {
      // The final write of the suggestion stores the complete text.
      log.warn("Cannot store the beginning of a suggestion", { error });
    }).finally(() => this.#running = null);
  }

  /** Ends the writing: nothing is stored after it returns. */
  async end(): Promise<void> {
    this.#ended.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    while (this.#answer !== null && !this.#ended.signal.aborted) {
      const waitMs = this.#updatedAt + INTERVAL_MS - performance.now();
      if (waitMs > 0) {
        await sleep(waitMs, undefined, { signal: this.#ended.signal }).catch(() => {});
        continue;
      }
      if (this.#answer.length > SHORT_LENGTH) this.#updatedAt = performance.now();
      const text = partialText(this.#answer, this.#minConfidence);
      this.#answer = null;
      if (text !== this.#written) await this.#write(text);
    }
  }

  async #write(text: string): Promise<void> {
    this.#updatedAt = performance.now();
    const { db, bus } = this.#services;
    const [row] = await db.run(WRITE, ...parametersOf(this.#claim), text);
    if (!row) return this.#onLost();
    this.#written = text;
    bus.publish("suggestions", this.#claim.organizationId, [row.threadId]);
  }
}
