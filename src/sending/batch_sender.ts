import { getLogger } from "@logtape/logtape";
import type { Obstacle, SendResult } from "../channels/channel.ts";
import type { EndedDelivery, PendingDelivery } from "../domain/deliveries/delivery.ts";
import { recordStep, type Step, type StepResult } from "../domain/deliveries/step.ts";
import type { BatchHold, TakenBatch } from "../domain/deliveries/take.ts";
import type { Progress } from "../domain/jobs/job.ts";
import { toTypeId } from "../domain/id.ts";
import type { Services } from "../domain/services.ts";
import { judge } from "./delivery_outcome.ts";

/** How long what has landed waits for more, to be recorded together. */
const RECORD_AFTER_MS = 500;
// Who is due within a quarter of the first one's wait is waited for.
const TOGETHER = 1.25;
const log = getLogger(["waybill", "deliveries"]);

/** What a flight needs to know. */
export interface FlightPlan {
  readonly services: Services;
  /** Stops opening deliveries once it fires. */
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
  readonly hold: BatchHold;
  readonly batch: TakenBatch;
  /** Those of its deliveries that wait; who is not due yet goes on waiting. */
  readonly pending: readonly PendingDelivery[];
  /** How many of the others went out; the rest of them has failed. */
  readonly sentBefore: number;
  /** Deliveries in flight at most. */
  readonly window: number;
  /** After that long nothing more is opened: the slot is another's turn. In milliseconds. */
  readonly turnMs: number;
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
  /** How many are in flight by the batch's row. */
  #listed = 0;
  #ended: EndedDelivery[] = [];
  #refused: string[] = [];
  #onLanding: () => void = () => {};
  #step: number;
  #succeeded = 0;
  #failed = 0;
  /** How long those should wait that wait for another run, in milliseconds each. */
  readonly #waits: number[];
  /** What keeps the rest of the batch from going out now. */
  obstacle: Obstacle | null = null;
  /** Somebody was asked and failed; false: the obstacle was known, and nothing was tried. */
  failed = false;
  readonly #begunAt = performance.now();

  constructor(plan: FlightPlan) {
    this.#plan = plan;
    this.#waiting = plan.pending.filter(({ dueMs }) => dueMs === 0);
    this.#waits = plan.pending.flatMap(({ dueMs }) => dueMs > 0 ? dueMs : []);
    this.#step = plan.batch.step;
  }

  /** True when no delivery of the batch is left to be sent. */
  get complete(): boolean {
    return this.#waiting.length === 0 && this.#flying.size === 0 && this.#waits.length === 0;
  }

  /** When the next run is worth while, in milliseconds: for the first ones, and who is due soon after. */
  get waitMs(): number {
    if (this.#waiting.length > 0 || this.#waits.length === 0) return 0;
    const soonest = Math.min(...this.#waits);
    return Math.max(...this.#waits.filter((wait) => wait <= soonest * TOGETHER));
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

  // By the batch's row too: what it lists is taken for lost by whoever takes the batch next.
  get #landed(): boolean {
    return this.#flying.size === 0 && this.#ended.length === 0 && this.#listed === 0;
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
    const { signal, turnMs } = this.#plan;
    return isSending(status) && !this.obstacle && !signal.aborted &&
      performance.now() - this.#begunAt < turnMs;
  }

  async #launch(delivery: PendingDelivery): Promise<void> {
    const startedAt = performance.now();
    this.#flying.add(delivery.n);
    const result = await this.#plan.send(delivery).catch((error) => unexpected(delivery, error));
    if (result.outcome === "held") return this.#hold(delivery, result.obstacle);
    const durationMs = performance.now() - startedAt;
    const { ended, obstacle, suppress } = judge(
      delivery,
      result,
      this.#plan.batch,
      durationMs,
    );
    this.#flying.delete(delivery.n);
    this.#ended.push(ended);
    if (suppress) this.#refused.push(ended.id);
    if (obstacle) this.#meet(obstacle, true);
    this.#onLanding();
  }

  // Nobody was asked: it waits on, as if it had not been opened.
  #hold(delivery: PendingDelivery, obstacle: Obstacle): void {
    this.#flying.delete(delivery.n);
    this.#waiting.push(delivery);
    this.#meet(obstacle, false);
    this.#onLanding();
  }

  // What a person must mend goes before what mends itself.
  #meet(obstacle: Obstacle, failed: boolean): void {
    if (this.obstacle && obstacle.error.disposition !== "pause") return;
    this.obstacle = obstacle;
    this.failed = failed;
  }

  // Half a window at a time: the other half flies while this one is recorded. What has landed does not
  // wait for one that hangs: it would be shown as in flight, and be taken for lost with it.
  #landing(): Promise<void> {
    const enough = Math.max(1, this.#plan.window / 2);
    return new Promise((resolve) => {
      let timer: ReturnType<typeof setTimeout> | undefined;
      const end = () => {
        clearTimeout(timer);
        this.#onLanding = () => {};
        resolve();
      };
      this.#onLanding = () => {
        if (this.#ended.length >= enough || this.#flying.size === 0) end();
        else if (this.#ended.length > 0) timer ??= setTimeout(end, RECORD_AFTER_MS);
      };
      this.#onLanding();
    });
  }

  async #record(opening: readonly PendingDelivery[]): Promise<StepResult> {
    const ended = this.#ended;
    this.#ended = [];
    for (const { again, waitMs } of ended) if (again) this.#waits.push(waitMs ?? 0);
    const last = this.complete && opening.length === 0;
    const result = await this.#write({ ended, opening: opening.map(({ n }) => n), last });
    this.#tell(ended, opening);
    return result;
  }

  async #write(given: Pick<Step, "ended" | "opening" | "last">): Promise<StepResult> {
    const { services, hold, batch: { organizationId, channel } } = this.#plan;
    const refused = { organizationId, channel, ids: this.#refused };
    const step = { ...given, refused, step: this.#step, flying: [...this.#flying] };
    this.#refused = [];
    const result = await recordStep(services, hold, step);
    this.#step++;
    this.#listed = step.flying.length + (result.opened ? step.opening.length : 0);
    return result;
  }

  #tell(ended: readonly EndedDelivery[], opening: readonly PendingDelivery[]): void {
    const { services: { bus }, report, batch, pending, sentBefore } = this.#plan;
    const { organizationId, messageId } = batch;
    for (const { outcome, again } of ended) {
      if (outcome === "SENT") this.#succeeded++;
      else if (!again) this.#failed++;
    }
    for (const delivery of ended) if (delivery.error) logFailure(messageId, delivery);
    const before = batch.size - pending.length;
    report({
      total: batch.size,
      processed: before + this.#succeeded + this.#failed,
      succeeded: sentBefore + this.#succeeded,
      failed: before - sentBefore + this.#failed,
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
    provider: null,
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

function logFailure(messageId: string, ended: EndedDelivery): void {
  const { id, outcome, again, error, provider } = ended;
  log.warn("Delivery {deliveryId} of {messageId}: {outcome}, {type} {code} {text}", {
    deliveryId: toTypeId("delivery", id),
    messageId: toTypeId("message", messageId),
    // What waits on has not failed: whoever counts these lines must not count it.
    outcome: again ? "PUT_OFF" : outcome,
    provider,
    type: error?.type,
    code: error?.code,
    text: error?.message,
  });
}
