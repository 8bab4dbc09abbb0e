/*
 * Sends one batch through a sliding window of deliveries in flight.
 *
 * A delivery is in one of these states while the sender works:
 *
 *   waiting ───> in flight ───> finished ───> recorded
 *      ^             │
 *      └─────────────┘
 *
 * waiting → in flight   The step that lists the delivery in the batch row is committed first. After a
 *                       crash only listed deliveries are in doubt, and they become UNKNOWN.
 * in flight → finished  A provider has answered, or the mail was refused on this side.
 * in flight → waiting   No provider was tried: the delivery stays PENDING and uses no attempt.
 * finished → recorded   The next step writes the outcome and removes the delivery from the list, within
 *                       0.5 s. A delivery that is PENDING again is sent by a later run.
 *
 * Nothing more is sent once an obstacle was met, the message is not SENDING any more, the signal has
 * fired, or the run has lasted for its maximum. The run ends when nothing is in flight, everything is
 * recorded and the list in the batch row is empty.
 */
import { getLogger } from "@logtape/logtape";
import type { Obstacle } from "../channels/channel.ts";
import type { PendingDelivery } from "../domain/deliveries/delivery.ts";
import {
  type DeliveryOutcome,
  type DeliveryResult,
  effectOf,
  type FinishedAttempt,
  outcomeOf,
  UNEXPECTED,
} from "../domain/deliveries/outcome.ts";
import { recordStep, type StepResult, withoutEnded } from "../domain/deliveries/step.ts";
import type { BatchClaim, EndedCounts, TakenBatch } from "../domain/deliveries/take.ts";
import type { Progress } from "../domain/jobs/job.ts";
import { toTypeId } from "../domain/id.ts";
import type { Services } from "../domain/services.ts";
import { logUnsent } from "./attempt_log.ts";
import { BatchProgress } from "./batch_progress.ts";
import type { BatchResult } from "./batch_result.ts";
import type { BatchStatements } from "./batch_statements.ts";
import type { MovingTime } from "./moving_time.ts";
import type { Window } from "./window.ts";

/** Maximum time from the end of an attempt to its recording, in milliseconds. */
const RECORD_AFTER_MS = 500;
// The next run waits for all deliveries that are due within this multiple of the shortest delay.
const DELAY_TOLERANCE = 1.25;
const log = getLogger(["waybill", "deliveries"]);

/** Everything that sending one batch needs. */
export interface BatchSenderOptions {
  readonly services: Services;
  readonly statements: BatchStatements;
  /** Nothing more is sent once it fires. */
  readonly signal: AbortSignal;
  readonly report: (progress: Progress) => void;
  readonly claim: BatchClaim;
  readonly batch: TakenBatch;
  /** PENDING deliveries of the batch; a later run sends those that are not due yet. */
  readonly pending: readonly PendingDelivery[];
  /** Counts of earlier runs; the other deliveries that are not `pending` count as failed. */
  readonly before: EndedCounts;
  /** Maximum number of deliveries in flight. */
  readonly window: number;
  /** Limits the deliveries in flight of all batches together. */
  readonly places: Window;
  /** Nothing more is sent after this time, in milliseconds, so that other jobs get the worker slot. */
  readonly maxRunMs: number;
  /** Measures the time in which the message is moving. */
  readonly moving: MovingTime;
  send(delivery: PendingDelivery): Promise<DeliveryResult>;
}

/** Sends one batch, once. */
export class BatchSender {
  readonly #options: BatchSenderOptions;
  readonly #startedAt = performance.now();
  readonly #waiting: PendingDelivery[];
  readonly #inFlight = new Set<number>();
  #finished: FinishedAttempt[] = [];
  /** Times at which the deliveries that a later run sends are due, by the process's clock. */
  readonly #dueTimes: number[];
  #obstruction: Extract<BatchResult, { type: "obstructed" }> | null = null;
  readonly #progress: BatchProgress;
  /** The batch row: its step, the number of deliveries it lists, and the status of its message. */
  #row: { step: number; listed: number; messageStatus: StepResult["messageStatus"] };
  #onChange = () => {};
  /** Unexpected error of this class; it ends the run. */
  #fault: { readonly error: unknown } | null = null;

  constructor(options: BatchSenderOptions) {
    const { batch: { step, messageStatus }, pending } = options;
    this.#options = options;
    // Recipients that were put back go last, so that they do not stop the others again.
    this.#waiting = pending.filter(({ dueMs }) => dueMs === 0)
      .toSorted((a, b) => a.deferrals - b.deferrals);
    this.#dueTimes = pending.flatMap(({ dueMs }) => dueMs > 0 ? this.#startedAt + dueMs : []);
    this.#row = { step, listed: 0, messageStatus };
    this.#progress = new BatchProgress(options);
  }

  /** Number of deliveries that are recorded as in flight; they become UNKNOWN if the process ends now. */
  get listed(): number {
    return this.#row.listed;
  }

  /**
   * Sends until no delivery waits, or nothing more may be sent.
   *
   * @throws {StaleBatchError} when the claim has ended
   */
  async run(): Promise<BatchResult> {
    while (true) {
      await this.#recordAndStart(await this.#takePlaces());
      // A message that was paused and resumed within one window continues in this run.
      const more = this.#waiting.length > 0 && this.#maySend();
      if (!more && this.#isIdle()) return await this.#end();
      await this.#waitForFinished();
      if (this.#fault) throw this.#fault.error;
    }
  }

  /** Takes places for the deliveries to be sent next; waits only if nothing is in flight or to be recorded. */
  async #takePlaces(): Promise<number> {
    const { window, places, signal, batch } = this.#options;
    const wanted = Math.min(window - this.#inFlight.size, this.#waiting.length);
    if (wanted <= 0 || !this.#maySend()) return 0;
    const count = places.take(wanted);
    if (count > 0 || this.#inFlight.size > 0 || this.#finished.length > 0) return count;
    const first = await places.takeOne(signal, this.#row.step > batch.step, this.#timeLeft);
    return first + places.take(first * (wanted - 1));
  }

  async #recordAndStart(places: number): Promise<void> {
    const starting = this.#maySend() ? this.#waiting.splice(0, places) : [];
    let unused = places;
    try {
      if (await this.#record(starting)) unused -= await this.#startAll(starting);
      else this.#waiting.unshift(...starting);
    } finally {
      this.#options.places.release(unused);
    }
  }

  #maySend(): boolean {
    const { messageStatus } = this.#row;
    return (messageStatus === "SENDING" || messageStatus === "PLANNING") && !this.#obstruction &&
      !this.#options.signal.aborted && this.#timeLeft > 0;
  }

  get #timeLeft(): number {
    return this.#startedAt + this.#options.maxRunMs - performance.now();
  }

  // Also wait until the list in the batch row is empty: the next run marks listed deliveries UNKNOWN.
  #isIdle(): boolean {
    return this.#inFlight.size === 0 && this.#finished.length === 0 && this.#row.listed === 0;
  }

  #isComplete(): boolean {
    return this.#waiting.length === 0 && this.#inFlight.size === 0 && this.#dueTimes.length === 0;
  }

  async #end(): Promise<BatchResult> {
    const { messageStatus } = this.#row;
    if (this.#isComplete()) return { type: "complete" };
    if (messageStatus === "CANCELLED") {
      await this.#write({ attempts: [], starting: [], last: true });
      return { type: "cancelled" };
    }
    if (this.#options.signal.aborted) return { type: "aborted" };
    const pauses = this.#obstruction?.obstacle.error.disposition === "pause";
    if (messageStatus === "PAUSED" && !pauses) return { type: "paused" };
    return this.#obstruction ?? { type: "waiting", waitMs: this.#waitMs() };
  }

  #waitMs(): number {
    if (this.#waiting.length > 0) return 0;
    const delays = this.#dueTimes.map((dueAt) => Math.max(dueAt - performance.now(), 0));
    const soonest = Math.min(...delays);
    return Math.max(...delays.filter((delay) => delay <= soonest * DELAY_TOLERANCE));
  }

  /** @returns the number of deliveries started; events of providers have ended the others */
  async #startAll(listed: readonly PendingDelivery[]): Promise<number> {
    const starting = await withoutEnded(this.#options.services, listed);
    this.#progress.addSent(listed.length - starting.length);
    starting.forEach((delivery) => this.#start(delivery));
    return starting.length;
  }

  #start(delivery: PendingDelivery): void {
    this.#inFlight.add(delivery.position);
    this.#options.moving.start();
    this.#send(delivery).catch((error) => {
      this.#fault = { error };
      this.#onChange();
    });
  }

  async #send(delivery: PendingDelivery): Promise<void> {
    const sentAt = performance.now();
    const { outcome, provider, earlier } = await this.#attempt(delivery);
    this.#inFlight.delete(delivery.position);
    this.#options.places.release(1);
    if (outcome.type === "held") {
      this.#options.moving.hold(outcome.obstacle.error);
      this.#waiting.push(delivery);
      this.#obstruct(outcome.obstacle);
    } else {
      this.#options.moving.end(effectOf(outcome));
      const durationMs = performance.now() - sentAt;
      this.#finished.push({ delivery, outcome, provider, durationMs, earlier });
      if (outcome.type === "deferred" && outcome.obstacle) this.#obstruct(outcome.obstacle);
    }
    this.#onChange();
  }

  async #attempt(
    delivery: PendingDelivery,
  ): Promise<Pick<FinishedAttempt, "provider" | "earlier"> & { outcome: DeliveryOutcome }> {
    try {
      const result = await this.#options.send(delivery);
      const outcome = outcomeOf(delivery, result, this.#options.batch);
      if (result.outcome === "held" || result.outcome === "suppressed") {
        return { outcome, provider: null, earlier: [] };
      }
      return { outcome, provider: result.provider, earlier: result.earlier ?? [] };
    } catch (error) {
      // Channels must not throw: this is a bug, after which the mail may have been sent.
      const deliveryId = toTypeId("delivery", delivery.id);
      log.error("Sending {deliveryId} failed unexpectedly", { deliveryId, error });
      const outcome = outcomeOf(delivery, UNEXPECTED, this.#options.batch);
      return { outcome, provider: null, earlier: [] };
    }
  }

  // An obstacle that pauses the message takes precedence over one that only delays it.
  #obstruct(obstacle: Obstacle): void {
    if (this.#obstruction && obstacle.error.disposition !== "pause") return;
    this.#obstruction = { type: "obstructed", obstacle };
  }

  // Resolves when half a window has finished, so that it is recorded while the other half is in flight; and
  // 0.5 s after the first delivery has finished, because a crash makes unrecorded deliveries UNKNOWN.
  async #waitForFinished(): Promise<void> {
    const enough = Math.max(1, this.#options.window / 2);
    const { promise, resolve } = Promise.withResolvers<void>();
    let timer: ReturnType<typeof setTimeout> | undefined;
    this.#onChange = () => {
      const finished = this.#finished.length;
      if (finished >= enough || this.#inFlight.size === 0 || this.#fault) resolve();
      else if (finished > 0) timer ??= setTimeout(resolve, RECORD_AFTER_MS);
    };
    this.#onChange();
    await promise;
    clearTimeout(timer);
    this.#onChange = () => {};
  }

  async #record(starting: readonly PendingDelivery[]): Promise<boolean> {
    const attempts = this.#finished;
    this.#finished = [];
    for (const { outcome } of attempts) {
      const { waits, waitMs } = effectOf(outcome);
      if (waits) this.#dueTimes.push(performance.now() + (waitMs ?? 0));
    }
    const last = this.#isComplete() && starting.length === 0;
    const positions = starting.map(({ position }) => position);
    const started = await this.#write({ attempts, starting: positions, last });
    this.#publish(attempts, starting);
    return started;
  }

  async #write(
    changes: { attempts: readonly FinishedAttempt[]; starting: readonly number[]; last: boolean },
  ): Promise<boolean> {
    const { services, statements, claim, batch } = this.#options;
    const step = { ...changes, step: this.#row.step, inFlight: [...this.#inFlight] };
    const write = statements.writeStep;
    const { started, messageStatus } = await recordStep(services, claim, batch, step, write);
    const listed = step.inFlight.length + (started ? step.starting.length : 0);
    this.#row = { step: step.step + 1, listed, messageStatus };
    return started;
  }

  #publish(attempts: readonly FinishedAttempt[], starting: readonly PendingDelivery[]): void {
    const { services: { bus }, report, batch: { organizationId, messageId } } = this.#options;
    for (const attempt of attempts) {
      const effect = effectOf(attempt.outcome);
      this.#progress.add(effect);
      if (effect.status !== "SENT") logUnsent(messageId, attempt);
    }
    report(this.#progress.current);
    bus.publish("messages", organizationId, [messageId]);
    const changed = [...attempts.map(({ delivery }) => delivery), ...starting];
    bus.publish("deliveries", organizationId, changed.map(({ id }) => id));
  }
}
