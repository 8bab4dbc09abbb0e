import { setTimeout as delay } from "node:timers/promises";
import { getLogger } from "@logtape/logtape";
import type { WebhookClient } from "../channels/webhook/webhook_client.ts";
import type { WebhookError, WebhookResult } from "../channels/webhook/result.ts";
import { toTypeId } from "../domain/id.ts";
import type { Services } from "../domain/services.ts";
import type { EndpointClaim } from "../domain/webhooks/claim.ts";
import { formCalls } from "../domain/webhooks/form_calls.ts";
import {
  type EndedAttempt,
  recordFailure,
  recordSuccesses,
} from "../domain/webhooks/record_attempt.ts";
import { openSecrets } from "../domain/webhooks/secret.ts";
import { type DueCall, MAX_CONCURRENT_CALLS, takeCalls } from "../domain/webhooks/take_calls.ts";

// Interval at which attempts that have ended are recorded, and new events and calls are looked for; all at once,
// because each statement competes with those of the deliveries.
const LOOK_MS = 200;
// The same while more calls may be due than are made at the same time.
const BUSY_LOOK_MS = 25;
// Time without work, after which the job ends. A new event within it needs no new job.
const LINGER_MS = 1_000;
// Time in which attempts may end after the job is aborted, so that few calls are repeated after a restart.
const GRACE_MS = 5_000;
const log = getLogger(["waybill", "webhooks"]);

/** Creates the sender for a claimed job; see `WebhookSender`. */
export type OpenWebhookSender = (claim: EndpointClaim, signal: AbortSignal) => WebhookSender;

/**
 * Delivers the events of one endpoint while its job is claimed. Attempts run concurrently; one loop does all writes, so
 * that they stay in order.
 */
export class WebhookSender {
  readonly #services: Services;
  readonly #client: WebhookClient;
  readonly #claim: EndpointClaim;
  readonly #signal: AbortSignal;
  readonly #attempts = new Map<string, Promise<void>>();
  readonly #ended: EndedAttempt[] = [];
  readonly #cut = new AbortController();
  #cutTimer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    services: Services,
    client: WebhookClient,
    claim: EndpointClaim,
    signal: AbortSignal,
  ) {
    this.#services = services;
    this.#client = client;
    this.#claim = claim;
    this.#signal = signal;
  }

  readonly #cutAfterGrace = (): void => {
    this.#cutTimer = setTimeout(() => this.#cut.abort(), GRACE_MS);
  };

  /**
   * Delivers until nothing is due any more.
   *
   * @param maxMs time after which no further call begins, in milliseconds
   * @returns whether it has ended because of the time
   */
  async run(maxMs: number): Promise<boolean> {
    this.#signal.addEventListener("abort", this.#cutAfterGrace, { once: true });
    try {
      return await this.#deliver(performance.now() + maxMs);
    } finally {
      this.#signal.removeEventListener("abort", this.#cutAfterGrace);
      clearTimeout(this.#cutTimer);
    }
  }

  async #deliver(end: number): Promise<boolean> {
    let workedAt = performance.now();
    while (!this.#signal.aborted && performance.now() < end) {
      const worked = await this.#record();
      const waiting = await formCalls(this.#services, this.#claim);
      await this.#begin();
      if (worked || waiting || this.#attempts.size > 0) workedAt = performance.now();
      if (performance.now() - workedAt > LINGER_MS) return false;
      await this.#wait();
    }
    await Promise.all(this.#attempts.values());
    await this.#record();
    this.#signal.throwIfAborted();
    return true;
  }

  async #begin(): Promise<void> {
    const calls = await takeCalls(this.#services, this.#claim, [...this.#attempts.keys()]);
    for (const call of calls) this.#attempts.set(call.id, this.#attempt(call));
  }

  async #attempt(call: DueCall): Promise<void> {
    try {
      this.#ended.push({ call, result: await this.#post(call) });
    } catch (error) {
      // An aborted attempt is not recorded: a later job makes the call again.
      if (this.#cut.signal.aborted) this.#attempts.delete(call.id);
      else this.#ended.push({ call, result: failedHere(call, error) });
    }
  }

  async #post({ id, url, body, secrets: sealed }: DueCall): Promise<WebhookResult> {
    const secrets = await openSecrets(this.#services, this.#claim.endpointId, sealed);
    return await this.#client.post({
      id: toTypeId("webhookCall", id),
      url,
      body,
      secrets,
      signal: this.#cut.signal,
    });
  }

  /** Records the attempts that have ended; returns whether there were any. */
  async #record(): Promise<boolean> {
    const ended = this.#ended.splice(0);
    if (ended.length === 0) return false;
    for (const attempt of ended) {
      this.#attempts.delete(attempt.call.id);
      if (attempt.result.error) await this.#recordFailure(attempt, attempt.result.error);
    }
    // After the failures, because a success resets their count.
    const succeeded = ended.filter(({ result }) => !result.error);
    if (succeeded.length > 0) await recordSuccesses(this.#services, this.#claim, succeeded);
    const { organizationId, endpointId } = this.#claim;
    this.#services.bus.publish("webhooks", organizationId, [endpointId]);
    return true;
  }

  async #recordFailure(attempt: EndedAttempt, error: WebhookError): Promise<void> {
    const disabled = await recordFailure(this.#services, this.#claim, attempt, error);
    if (!disabled) return;
    log.warn("Webhook endpoint {endpointId} is disabled: {reason}", {
      endpointId: toTypeId("webhookEndpoint", disabled.endpointId),
      reason: disabled.reason,
    });
  }

  #wait(): Promise<void> {
    return delay(this.#attempts.size < MAX_CONCURRENT_CALLS ? LOOK_MS : BUSY_LOOK_MS);
  }
}

// For example, the secret cannot be decrypted. The call is retried as after a failure of the receiver.
function failedHere({ id }: DueCall, error: unknown): WebhookResult {
  const callId = toTypeId("webhookCall", id);
  log.error("Cannot make webhook call {callId}", { callId, error });
  const message = error instanceof Error ? error.message : String(error);
  return {
    startedAt: new Date(),
    durationMs: 0,
    status: null,
    response: null,
    error: { type: "INTERNAL", code: null, message, retryAfterMs: null },
  };
}
