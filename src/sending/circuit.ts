import { getLogger } from "@logtape/logtape";
import { type DeliveryError, toErrorMessage } from "../channels/channel.ts";
import {
  abandonProbe,
  beginProbe,
  closeCircuit,
  openCircuit,
} from "../domain/providers/circuit.ts";
import { toLogText } from "../domain/log_text.ts";
import { continueRecovered } from "../domain/messages/recover.ts";
import {
  asProviderFailure,
  opensCircuit,
  type ProviderFailure,
  type ProviderState,
} from "../domain/providers/provider.ts";
import type { Services } from "../domain/services.ts";

// Wait while another message probes the provider. The probe may end at once or time out.
const PROBE_WAIT_MS = 5_000;
const MAX_SENDERS = 1_000;
const log = getLogger(["waybill", "providers"]);

/** A mail that a circuit has admitted. */
export interface AdmittedMail {
  readonly epoch: number;
  /** Time at which it was admitted, by the process's clock. */
  readonly startedAt: number;
  /** Address of its own sender; undefined: the sender of the provider. */
  readonly sender: string | undefined;
}

/** Circuit breaker of one provider: a copy of its row, which all processes share. */
export class Circuit {
  readonly #services: Services;
  readonly #fingerprint: string | null;
  readonly #reread: () => Promise<void>;
  #state: ProviderState;
  /** Time from which a probe is allowed, by the process's clock. */
  #retryAt = 0;
  #failures = 0;
  /** Number of recipients in a row that refused the sender. */
  #refusals = 0;
  /** The same of senders that messages name themselves, by address. */
  readonly #refusalsOf = new Map<string, number>();
  /** Time of the last success, by the process's clock. */
  #succeededAt = 0;
  #probing = false;
  #continuing: Promise<unknown> = Promise.resolve();
  /** Resolves when the circuit has opened because of refusals; null: it is not being opened. */
  #opening: Promise<unknown> | null = null;

  /**
   * @param registered state of the provider, and the fingerprint of the settings of this process
   * @param reread reads the row again and adopts it, because another process has changed it
   */
  constructor(
    services: Services,
    { state, fingerprint }: { readonly state: ProviderState; readonly fingerprint?: string },
    reread: () => Promise<void>,
  ) {
    this.#services = services;
    this.#fingerprint = fingerprint ?? null;
    this.#reread = reread;
    this.#state = state;
    this.adopt(state);
  }

  get state(): ProviderState {
    return this.#state;
  }

  /** Resolves when nothing is being continued after a recovery. */
  get settled(): Promise<unknown> {
    return this.#continuing;
  }

  /** Replaces the copy of the row, unless the given one has an older epoch. */
  adopt(state: ProviderState): void {
    if (state.epoch < this.#state.epoch) return;
    if (state.epoch > this.#state.epoch) this.#failures = this.#refusals = 0;
    this.#state = state;
    this.#retryAt = performance.now() + Math.max(state.retryMs ?? 0, 0);
  }

  /**
   * Admits a message: any while the circuit is closed; while it is open, one of all processes as a
   * probe, once the wait is over.
   *
   * @returns the epoch that the result belongs to; null: not admitted
   */
  async admit(): Promise<number | null> {
    if (!this.#state.enabled) return null;
    if (this.#state.state === "CLOSED") return this.#state.epoch;
    if (this.#probing || performance.now() < this.#retryAt) return null;
    this.#probing = true;
    try {
      const probe = await beginProbe(this.#services, this.#state);
      if (probe) this.adopt(probe);
      else await this.#reread();
      return probe?.epoch ?? null;
    } finally {
      this.#probing = false;
    }
  }

  /** Error that keeps the circuit open; null while it is closed or may be probed. */
  get obstacle(): DeliveryError | null {
    const { state, enabled, errorType, errorCode, errorMessage, errorPauses } = this.#state;
    if (!enabled) return DISABLED;
    if (state === "CLOSED") return null;
    const waitMs = this.#retryAt - performance.now();
    if (waitMs <= 0 && !this.#probing) return null;
    // While a probe is under way the message is not paused, because the provider may have recovered.
    const probing = this.#probing || state === "HALF_OPEN";
    return {
      type: errorType ?? "OTHER",
      code: errorCode,
      message: errorMessage ?? "",
      disposition: errorPauses && !probing ? "pause" : "retry",
      retryAfterMs: probing ? PROBE_WAIT_MS : waitMs,
      beforeRecipient: true,
    };
  }

  /** Records that an admitted message was not sent. If it was the probe, the next message may probe. */
  async recordNotSent(epoch: number): Promise<void> {
    if (epoch !== this.#state.epoch || this.#state.state !== "HALF_OPEN") return;
    const abandoned = await abandonProbe(this.#services, this.#state);
    if (abandoned) this.adopt(abandoned);
    else await this.#reread();
  }

  /**
   * Records that the provider accepted a mail; otherwise like `recordAnswer`.
   *
   * @param sender own sender of the mail; absent: the sender of the provider
   */
  async recordSuccess(epoch: number, sender?: string): Promise<number> {
    if (sender !== undefined) {
      this.#refusalsOf.delete(sender);
      return await this.recordAnswer(epoch);
    }
    this.#succeededAt = performance.now();
    if (epoch === this.#state.epoch) this.#refusals = 0;
    await this.#opening;
    const { state, errorType } = this.#state;
    // Sent at the same time as the mails that opened the circuit: not all recipients refuse the sender.
    const beside = epoch === this.#state.epoch - 1 && state === "OPEN" &&
      errorType === "PERMISSION";
    if (beside) return await this.#close() ?? epoch;
    return await this.recordAnswer(epoch);
  }

  /**
   * Records that the provider works, whether or not it accepted the mail.
   *
   * @returns the epoch of the result: a new one if it was a probe
   */
  async recordAnswer(epoch: number): Promise<number> {
    if (epoch !== this.#state.epoch) return epoch;
    this.#failures = 0;
    if (this.#state.state !== "HALF_OPEN") return epoch;
    return await this.#close() ?? epoch;
  }

  /** Returns the new epoch; null if the circuit has changed meanwhile. */
  async #close(): Promise<number | null> {
    const closed = await closeCircuit(this.#services, this.#state);
    if (!closed) {
      await this.#reread();
      return null;
    }
    this.adopt(closed);
    log.info("Provider {name} recovered: circuit closed", { name: closed.name });
    this.#continueWaiting(closed);
    return closed.epoch;
  }

  // Not awaited, because thousands of messages may wait. The sweep continues them if this fails.
  #continueWaiting({ id, name }: ProviderState): void {
    this.#continuing = continueRecovered(this.#services, id).catch((error) =>
      log.error("Cannot continue the messages that wait for provider {name}", { name, error })
    );
  }

  /**
   * Records that the provider failed.
   *
   * @returns the epoch of the result: a new one if it opened the circuit; null if the result is stale,
   *   because the provider was reconfigured or its circuit opened meanwhile
   */
  async recordFailure(epoch: number, error: ProviderFailure): Promise<number | null> {
    if (epoch !== this.#state.epoch) return null;
    const probing = this.#state.state === "HALF_OPEN";
    if (!probing && !opensCircuit(error, ++this.#failures)) return epoch;
    return await this.#open(error);
  }

  /**
   * Records that a recipient's server refused the sender. It is an answer: the provider has failed only when
   * several recipients in a row have refused.
   *
   * @returns epoch of the result, and whether the provider fails for the sender; null if the result is stale
   */
  async recordRefusal(
    { epoch, startedAt, sender }: AdmittedMail,
    error: DeliveryError,
  ): Promise<{ readonly epoch: number; readonly failed: boolean } | null> {
    if (epoch !== this.#state.epoch) return null;
    if (sender !== undefined) return await this.#recordRefusalOf(sender, epoch, error);
    if (!this.#probesSender()) {
      // Replies to concurrent mails come in any order, so a success ends the sequence for all mails that
      // started before it.
      if (startedAt > this.#succeededAt) this.#refusals++;
      // Read before the wait, in which further refusals are counted, and a mail may be accepted.
      const refusals = this.#refusals;
      const answered = await this.recordAnswer(epoch);
      const interrupted = startedAt <= this.#succeededAt;
      if (interrupted || !opensCircuit(error, refusals)) return { epoch: answered, failed: false };
    }
    const message = toErrorMessage(`Several recipients refused the sender: ${error.message}`);
    const opening = this.#open({ ...asProviderFailure(error), message });
    // A failure of the database is thrown here only.
    this.#opening = opening.catch(() => {});
    const opened = await opening.finally(() => this.#opening = null);
    return opened === null ? null : { epoch: opened, failed: true };
  }

  // The circuit stays closed, because the provider works for the senders of other organizations.
  async #recordRefusalOf(sender: string, epoch: number, error: DeliveryError) {
    const refusals = (this.#refusalsOf.get(sender) ?? 0) + 1;
    this.#refusalsOf.delete(sender);
    this.#refusalsOf.set(sender, refusals);
    const [oldest] = this.#refusalsOf.keys();
    if (this.#refusalsOf.size > MAX_SENDERS && oldest) this.#refusalsOf.delete(oldest);
    return { epoch: await this.recordAnswer(epoch), failed: opensCircuit(error, refusals) };
  }

  // A sender that is refused by one recipient does not fail a provider that is probed for another cause.
  #probesSender(): boolean {
    return this.#state.state === "HALF_OPEN" && this.#state.errorType === "PERMISSION";
  }

  async #open(error: ProviderFailure): Promise<number | null> {
    const opened = await openCircuit(this.#services, this.#state, error, this.#fingerprint);
    if (!opened) {
      await this.#reread();
      return null;
    }
    this.adopt(opened);
    const { name, retryMs } = opened;
    log.warn("Circuit of provider {name} is open for {seconds} s: {type} {code}: {text}", {
      name,
      seconds: Math.round((retryMs ?? 0) / 1_000),
      type: error.type,
      code: error.code,
      text: toLogText(error.message),
    });
    return opened.epoch;
  }
}

const DISABLED: DeliveryError = {
  type: "OTHER",
  code: "DISABLED",
  message: "The provider is disabled",
  disposition: "pause",
  retryAfterMs: null,
  beforeRecipient: true,
};
