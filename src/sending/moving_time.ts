/*
 * Measures how long messages are moving, for their sending rate. A message is moving while its deliveries
 * are attempted, also while they wait for a slot of a rate limit. Time without progress is not counted: a
 * provider that does not answer, a backoff, a pause, other messages, or a process that does not run.
 */
import { getLogger } from "@logtape/logtape";
import { LRUCache } from "lru-cache";
import type { DeliveryError } from "../channels/channel.ts";
import type { OutcomeEffect } from "../domain/deliveries/outcome.ts";
import { toTypeId } from "../domain/id.ts";
import { addMovement, type Movement } from "../domain/messages/moving_time.ts";
import type { Services } from "../domain/services.ts";
import { isLimitReached } from "./provider_errors.ts";

// Time without an attempt that counts: recording a window and claiming the next batch take this long at most.
const GAP_MS = 2_000;
// Time without progress that counts: longer if the process or its computer was suspended.
const MAX_ATTEMPT_MS = 60_000;
// A message that is sent in less time causes no statement.
const WRITE_AFTER_MS = 1_000;
const MAX_MESSAGES = 1_000;
const log = getLogger(["waybill", "deliveries"]);

/** Measures how long one message is moving in this process. */
export class MovingTime {
  readonly #write: (movement: Movement) => Promise<void>;
  #attempts = 0;
  /** Time, by the process's clock, until which moving time is counted; null before the first attempt. */
  #countedUntil: number | null = null;
  /** Time at which the slot of a rate limit is due that the last held attempt waits for. */
  #slotAt = 0;
  #movement: Movement = NONE;
  #writing: Promise<void> | null = null;

  /** @param write called about once a second while the message is moving; must not throw */
  constructor(write: (movement: Movement) => Promise<void>) {
    this.#write = write;
  }

  /** Notes the start of an attempt. */
  start(): void {
    if (this.#attempts++ > 0) return;
    const now = performance.now();
    // Not from its creation, because a batch of a short message may wait longer before its first attempt.
    this.#countedUntil ??= now;
    if (now - this.#countedUntil > this.#slotWaitMs + GAP_MS) {
      this.#countedUntil = now - this.#slotWaitMs;
    }
  }

  /** Notes the end of an attempt. A deferred one is no progress, because the provider failed or throttled. */
  end({ waits, counts }: Pick<OutcomeEffect, "waits" | "counts">): void {
    this.#attempts--;
    if (waits && !counts) return;
    const now = performance.now();
    const ms = Math.min(now - (this.#countedUntil ?? now), this.#slotWaitMs + MAX_ATTEMPT_MS);
    this.#countedUntil = now;
    this.#movement = {
      ms: this.#movement.ms + ms,
      ended: this.#movement.ended + (waits ? 0 : 1),
    };
    this.#writeWhenDue();
  }

  /** Notes that no provider could be tried. */
  hold(error: DeliveryError): void {
    this.#attempts--;
    if (isLimitReached(error)) this.#slotAt = performance.now() + (error.retryAfterMs ?? 0);
  }

  /** Wait for a slot since moving time was counted last, in milliseconds. */
  get #slotWaitMs(): number {
    return Math.max(0, this.#slotAt - (this.#countedUntil ?? this.#slotAt));
  }

  /** Resolves when nothing is being written. */
  async written(): Promise<void> {
    await this.#writing;
  }

  // Not awaited, because a transaction may have locked the message; until it ends, the time adds up.
  #writeWhenDue(): void {
    if (this.#writing || this.#movement.ms < WRITE_AFTER_MS) return;
    this.#writing = this.#write(this.#movement).finally(() => this.#writing = null);
    this.#movement = NONE;
  }
}

const NONE: Movement = { ms: 0, ended: 0 };

/** The moving times of the messages that this process sends. */
export class MovingTimes {
  readonly #services: Services;
  readonly #times = new LRUCache<string, MovingTime>({ max: MAX_MESSAGES });

  constructor(services: Services) {
    this.#services = services;
  }

  /** Returns the moving time of a message, which all of its batches in this process share. */
  of(messageId: string): MovingTime {
    const time = this.#times.get(messageId) ??
      new MovingTime((movement) => this.#add(messageId, movement));
    this.#times.set(messageId, time);
    return time;
  }

  // A failure changes only a figure, so it must not end the batch.
  async #add(messageId: string, movement: Movement): Promise<void> {
    try {
      await addMovement(this.#services, messageId, movement);
    } catch (error) {
      log.warn("Cannot record the moving time of {messageId}", {
        messageId: toTypeId("message", messageId),
        error,
      });
    }
  }
}
