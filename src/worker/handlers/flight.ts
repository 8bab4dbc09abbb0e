import { getLogger } from "@logtape/logtape";
import type { DeliveryError, SendResult } from "../../channels/channel.ts";
import type { EndedDelivery, PendingDelivery } from "../../domain/deliveries/delivery.ts";
import { suppressRefused } from "../../domain/deliveries/refused.ts";
import {
  type BatchHold,
  recordStep,
  StaleBatchError,
  type Step,
  type StepResult,
  type TakenBatch,
} from "../../domain/deliveries/step.ts";
import { toTypeId } from "../../domain/id.ts";
import type { Services } from "../../domain/services.ts";
import type { JobRun } from "../handler.ts";
import { isDataFault } from "../settle.ts";
import { judge } from "./delivery_outcome.ts";

const RECORD_RETRY_MS = 1_000;
const log = getLogger(["waybill", "deliveries"]);

/** What a flight needs to know. */
export interface FlightPlan {
  readonly services: Services;
  readonly run: JobRun;
  readonly hold: BatchHold;
  readonly batch: TakenBatch;
  readonly pending: readonly PendingDelivery[];
  /** Deliveries in flight at most. */
  readonly window: number;
  send(delivery: PendingDelivery): Promise<SendResult>;
}

/**
 * Sends a batch through a sliding window. What is in flight stands in the batch's row before it is
 * sent, so that a crash leaves no doubt about any other delivery.
 */
export class Flight {
  readonly #plan: FlightPlan;
  readonly #waiting: PendingDelivery[];
  readonly #flying = new Set<number>();
  #ended: EndedDelivery[] = [];
  #refused: string[] = [];
  #onLanding: () => void = () => {};
  #step: number;
  #succeeded = 0;
  #failed = 0;
  /** Deliveries that were deferred and wait for another run. */
  deferred = 0;
  /** How long these should wait, in milliseconds. */
  waitMs = 0;
  /** What keeps the rest of the batch from going out now. */
  obstacle: DeliveryError | null = null;

  constructor(plan: FlightPlan) {
    this.#plan = plan;
    this.#waiting = [...plan.pending];
    this.#step = plan.batch.step;
  }

  /** True when no delivery of the batch is left to be sent. */
  get complete(): boolean {
    return this.#waiting.length === 0 && this.#flying.size === 0 && this.deferred === 0;
  }

  /**
   * Sends until nothing waits any more, or nothing may be sent any more; all that was sent is recorded.
   *
   * @returns the message's status at the last step
   * @throws {StaleBatchError} when the claim has ended
   */
  async fly(): Promise<string> {
    let status = this.#plan.batch.messageStatus;
    while (true) {
      const opening = this.#mayOpen(status)
        ? this.#waiting.splice(0, this.#plan.window - this.#flying.size)
        : [];
      const { messageStatus, opened } = await this.#record(opening);
      status = messageStatus;
      if (opened) opening.forEach((delivery) => this.#launch(delivery));
      else this.#waiting.unshift(...opening);
      if (this.#landed && !this.#mayGoOn(status)) return status;
      await this.#landing();
    }
  }

  get #landed(): boolean {
    return this.#flying.size === 0 && this.#ended.length === 0;
  }

  // Paused and resumed within one window.
  #mayGoOn(status: string): boolean {
    return this.#waiting.length > 0 && this.#mayOpen(status);
  }

  /** Ends the batch of a cancelled message: what waits stays unsent for good. */
  async abandon(): Promise<void> {
    await this.#write({ ended: [], opening: [], last: true });
  }

  #mayOpen(status: string): boolean {
    return isSending(status) && !this.obstacle && !this.#plan.run.signal.aborted;
  }

  async #launch(delivery: PendingDelivery): Promise<void> {
    const startedAt = performance.now();
    this.#flying.add(delivery.n);
    const result = await this.#plan.send(delivery).catch((error) => unexpected(delivery, error));
    const durationMs = performance.now() - startedAt;
    const { ended, obstacle, waitMs, suppress } = judge(
      delivery,
      result,
      this.#plan.batch,
      durationMs,
    );
    this.#flying.delete(delivery.n);
    this.#ended.push(ended);
    if (suppress) this.#refused.push(ended.id);
    this.obstacle ??= obstacle;
    if (ended.again) this.waitMs = Math.max(this.waitMs, waitMs);
    this.#onLanding();
  }

  // Half a window at a time: the other half flies while this one is recorded.
  #landing(): Promise<void> {
    const enough = Math.max(1, this.#plan.window / 2);
    return new Promise((resolve) => {
      this.#onLanding = () => {
        if (this.#ended.length >= enough || this.#flying.size === 0) resolve();
      };
      this.#onLanding();
    });
  }

  async #record(opening: readonly PendingDelivery[]): Promise<StepResult> {
    const ended = this.#ended;
    this.#ended = [];
    this.deferred += ended.filter(({ again }) => again).length;
    const last = this.complete && opening.length === 0;
    const result = await this.#write({ ended, opening: opening.map(({ n }) => n), last });
    this.#tell(ended, opening);
    return result;
  }

  async #write(given: Pick<Step, "ended" | "opening" | "last">): Promise<StepResult> {
    const { services, hold, batch } = this.#plan;
    const step = { ...given, step: this.#step, flying: [...this.#flying] };
    const refused = this.#refused;
    this.#refused = [];
    while (true) {
      try {
        // First: once the step is recorded, nobody would come back for it.
        await suppressRefused(services, batch, refused);
        const result = await recordStep(services, hold, step);
        this.#step++;
        return result;
      } catch (error) {
        if (error instanceof StaleBatchError || isDataFault(error)) throw error;
        // What was sent must be recorded, however long the database is away: the same step again,
        // which changes nothing if it was, and is refused once another worker has the batch.
        log.warn("Recording batch {batchId} failed, trying again", { ...hold, error });
        await new Promise((resolve) => setTimeout(resolve, RECORD_RETRY_MS));
      }
    }
  }

  #tell(ended: readonly EndedDelivery[], opening: readonly PendingDelivery[]): void {
    const { services: { bus }, run, batch } = this.#plan;
    const { organizationId, messageId } = batch;
    for (const { outcome, again } of ended) {
      if (outcome === "SENT") this.#succeeded++;
      else if (!again) this.#failed++;
    }
    for (const delivery of ended) if (delivery.error) logFailure(messageId, delivery);
    const before = batch.size - this.#plan.pending.length;
    run.report({
      total: batch.size,
      processed: before + this.#succeeded + this.#failed,
      succeeded: before + this.#succeeded,
      failed: this.#failed,
      skipped: 0,
    });
    bus.publish("messages", organizationId, [messageId]);
    bus.publish("deliveries", organizationId, [...ended, ...opening].map(({ id }) => id));
  }
}

function isSending(status: string): boolean {
  return status === "SENDING" || status === "PLANNING";
}

// Channels do not throw; should one do so, nobody knows how far it had come.
function unexpected({ id }: PendingDelivery, error: unknown): SendResult {
  log.error("Sending {deliveryId} failed unexpectedly", {
    deliveryId: toTypeId("delivery", id),
    error,
  });
  return {
    outcome: "failed",
    provider: "none",
    error: {
      type: "OTHER",
      disposition: "unknown",
      code: "INTERNAL",
      message: "Sending failed unexpectedly; see the log",
      retryAfterMs: null,
      beforeRecipient: false,
    },
  };
}

function logFailure(messageId: string, { id, outcome, error, provider }: EndedDelivery): void {
  log.warn("Delivery {deliveryId} of {messageId}: {outcome}, {type} {code} {text}", {
    deliveryId: toTypeId("delivery", id),
    messageId: toTypeId("message", messageId),
    outcome,
    provider,
    type: error?.type,
    code: error?.code,
    text: error?.message,
  });
}
