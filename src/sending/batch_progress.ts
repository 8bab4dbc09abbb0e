import type { PendingDelivery } from "../domain/deliveries/delivery.ts";
import type { OutcomeEffect } from "../domain/deliveries/outcome.ts";
import type { EndedCounts, TakenBatch } from "../domain/deliveries/take.ts";
import type { Progress } from "../domain/jobs/job.ts";

/** Counts the recipients of one batch over all of its runs. */
export class BatchProgress {
  readonly #size: number;
  readonly #before: EndedCounts;
  readonly #endedBefore: number;
  #sent = 0;
  #failed = 0;
  #suppressed = 0;

  /**
   * @param options.pending deliveries that this run sends
   * @param options.before counts of earlier runs; the other deliveries that are not `pending` count as failed
   */
  constructor({ batch, pending, before }: {
    readonly batch: Pick<TakenBatch, "size">;
    readonly pending: readonly PendingDelivery[];
    readonly before: EndedCounts;
  }) {
    this.#size = batch.size;
    this.#before = before;
    this.#endedBefore = batch.size - pending.length;
  }

  /** Counts an attempt, unless its delivery is PENDING again. */
  add({ status, waits }: Pick<OutcomeEffect, "status" | "waits">): void {
    if (status === "SENT") this.#sent++;
    else if (status === "SUPPRESSED") this.#suppressed++;
    else if (!waits) this.#failed++;
  }

  /** Counts deliveries that events of providers have ended, because their mail arrived. */
  addSent(count: number): void {
    this.#sent += count;
  }

  /** Progress of the batch's job, in recipients. */
  get current(): Progress {
    const { sent, suppressed } = this.#before;
    return {
      total: this.#size,
      processed: this.#endedBefore + this.#sent + this.#failed + this.#suppressed,
      processedBefore: this.#endedBefore,
      succeeded: sent + this.#sent,
      failed: this.#endedBefore - sent - suppressed + this.#failed,
      skipped: suppressed + this.#suppressed,
    };
  }
}
