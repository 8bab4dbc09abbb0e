import { getLogger } from "@logtape/logtape";
import type { WebhookClient } from "../channels/webhook/webhook_client.ts";
import type { WebhookResult } from "../channels/webhook/result.ts";
import { toTypeId } from "../domain/id.ts";
import type { Services } from "../domain/services.ts";
import type { EndpointClaim } from "../domain/webhooks/claim.ts";
import { formCalls } from "../domain/webhooks/form_calls.ts";
import { recordAttempt } from "../domain/webhooks/record_attempt.ts";
import { openSecrets } from "../domain/webhooks/secret.ts";
import { type DueCall, takeCalls } from "../domain/webhooks/take_calls.ts";

// Interval at which new events and calls are looked for.
const LOOK_MS = 200;
// Time without work, after which the job ends. A new event within it needs no new job.
const LINGER_MS = 1_000;
// Time in which attempts may end after the job is aborted, so that few calls are repeated after a restart.
const GRACE_MS = 5_000;
const log = getLogger(["waybill", "webhooks"]);

/** Creates the sender for a claimed job; see `WebhookSender`. */
export type OpenWebhookSender = (claim: EndpointClaim, signal: AbortSignal) => WebhookSender;

/** Result of an attempt that is still to be recorded; null: it was aborted. */
interface Finished {
  readonly call: DueCall;
  readonly result: WebhookResult | null;
}

/**
 * Delivers the events of one endpoint while its job is claimed. Attempts run side by side; everything is written by
 * one loop, so that no write overtakes another.
 */
export class WebhookSender {
  readonly #services: Services;
  readonly #client: WebhookClient;
  readonly #claim: EndpointClaim;
  readonly #signal: AbortSignal;
  readonly #attempts = new Map<string, Promise<void>>();
  readonly #finished: Finished[] = [];
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
    const result = await this.#post(call).catch((error) => {
      if (this.#cut.signal.aborted) return null;
      return failedHere(call, error);
    });
    this.#finished.push({ call, result });
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
    const finished = this.#finished.splice(0);
    for (const { call, result } of finished) {
      this.#attempts.delete(call.id);
      if (!result) continue;
      const disabled = await recordAttempt(this.#services, this.#claim, call, result);
      if (!disabled) continue;
      log.warn("Webhook endpoint {endpointId} is disabled: {reason}", {
        endpointId: toTypeId("webhookEndpoint", disabled.endpointId),
        reason: disabled.reason,
      });
    }
    if (finished.length === 0) return false;
    const { organizationId, endpointId } = this.#claim;
    this.#services.bus.publish("webhooks", organizationId, [endpointId]);
    return true;
  }

  async #wait(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, LOOK_MS);
    await Promise.race([promise, ...this.#attempts.values()]);
    clearTimeout(timer);
  }
}

// The secret cannot be decrypted, for example. The call is made again later, as after a failure of the receiver.
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
