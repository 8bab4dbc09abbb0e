import { getLogger } from "@logtape/logtape";
import type {
  Channel,
  DeliveryError,
  OutgoingMail,
  SendOptions,
  SendResult,
} from "../channels/channel.ts";
import type { MessageChannel } from "../domain/channel.ts";
import { reserveSlots } from "../domain/providers/rate_limit.ts";
import {
  asProviderFailure,
  isProviderFailure,
  mayFailOver,
  type ProviderState,
} from "../domain/providers/provider.ts";
import type { Services } from "../domain/services.ts";
import type { AdmittedMail, Circuit } from "./circuit.ts";
import type { RegisteredProvider } from "./configured_provider.ts";
import { ProviderConnection } from "./provider_connection.ts";
import { databaseFailure, EXHAUSTED } from "./provider_errors.ts";
import { RateLimit } from "./rate_limit.ts";

const log = getLogger(["waybill", "providers"]);

/** Answer of one provider to a mail. */
export type ProviderAnswer =
  /** The provider accepted or refused the mail. */
  | {
    readonly type: "answered";
    readonly result: Extract<SendResult, { outcome: "sent" | "failed" }>;
    /** Epoch of the provider that the result is about. */
    readonly epoch: number;
  }
  /** The provider was not tried. `error`: failure of this process; null: the provider may not be used now. */
  | { readonly type: "skipped"; readonly error: DeliveryError | null };

/** A result that was recorded in the circuit. */
interface RecordedResult {
  readonly epoch: number;
  /** Whether the provider was reconfigured, or its circuit opened, while the mail was sent. */
  readonly outdated: boolean;
  /** Error that replaces the one of the result. */
  readonly error?: DeliveryError;
}

/** One provider of this process: its channel, circuit and rate limit. */
export class LiveProvider {
  readonly channel: MessageChannel;
  readonly #connection: ProviderConnection<Channel>;
  readonly #circuit: Circuit;
  readonly #rateLimit: RateLimit;
  /** Next slot of the rate limit, by the process's clock, if it is far off; and the limit it is for. */
  #nextSlot = { at: 0, perSecond: Infinity };

  private constructor(
    services: Services,
    channel: MessageChannel,
    connection: ProviderConnection<Channel>,
  ) {
    this.channel = channel;
    this.#connection = connection;
    this.#circuit = connection.circuit;
    this.#rateLimit = new RateLimit(
      (wanted, urgent) =>
        reserveSlots(services, this.id, { perSecond: this.perSecond, wanted, urgent }),
      () => this.perSecond,
    );
  }

  /** Opens a registered provider. It connects when it sends its first mail. */
  static async open(services: Services, registered: RegisteredProvider): Promise<LiveProvider> {
    const connection = await ProviderConnection.open<Channel>(services, registered);
    return new LiveProvider(services, registered.configured.channel, connection);
  }

  get id(): string {
    return this.#connection.id;
  }

  get name(): string {
    return this.#connection.name;
  }

  /** Messages per second; Infinity: no limit. */
  get perSecond(): number {
    return this.#circuit.state.perSecond ?? Infinity;
  }

  /** Maximum number of mails that it sends at once. */
  get connections(): number {
    return this.#connection.current?.connections ?? 1;
  }

  /** Epoch of the state that this process has read last. */
  get epoch(): number {
    return this.#circuit.state.epoch;
  }

  /** Reason why it may not be used now; null: it may. */
  get obstacle(): DeliveryError | null {
    return this.#connection.obstacle;
  }

  /** Error while its rate limit is used up for some time; null otherwise. */
  get exhausted(): DeliveryError | null {
    const retryAfterMs = this.#nextSlot.at - performance.now();
    // A slot of a limit that has changed since is ignored.
    const current = this.#nextSlot.perSecond === this.perSecond;
    return current && retryAfterMs > 0 ? { ...EXHAUSTED, retryAfterMs } : null;
  }

  /** Adopts a changed state; new credentials are used for all mail from then on. */
  adopt(state: ProviderState): Promise<void> {
    return this.#connection.adopt(state);
  }

  /** Sends one mail, if the provider may be used now and the signal does not fire first. */
  async send(mail: OutgoingMail, options: SendOptions): Promise<ProviderAnswer> {
    const first = await this.#try(mail, options);
    if (first.type === "skipped" || !first.outdated) return first;
    // The result is stale, because the provider was reconfigured or its circuit opened meanwhile: once more.
    const second = await this.#try(mail, options);
    return second.type === "answered" ? second : first;
  }

  async #try(
    mail: OutgoingMail,
    options: SendOptions,
  ): Promise<ProviderAnswer & { outdated?: boolean }> {
    const { urgent = false, signal } = options;
    if (signal?.aborted || !this.#connection.current || this.obstacle) return SKIPPED;
    // Urgent mail may reserve slots further ahead.
    if (this.exhausted && !urgent) return SKIPPED;
    let epoch: number | null;
    try {
      // The circuit comes last: it may have opened while the mail waited for its slot.
      epoch = await this.#acquireSlot(urgent, signal) ? await this.#circuit.admit() : null;
    } catch (error) {
      log.error("Cannot reserve a slot of provider {name}", { name: this.name, error });
      return { type: "skipped", error: databaseFailure(this.name, error) };
    }
    const channel = this.#connection.current;
    if (epoch === null || !channel) return SKIPPED;
    const admitted = { epoch, startedAt: performance.now(), sender: mail.from?.address };
    const result = await channel.send(mail, options);
    const { error, ...recorded } = await this.#record(admitted, result);
    if (result.outcome === "held") return SKIPPED;
    if (result.outcome === "sent" || !error) return { type: "answered", result, ...recorded };
    return { type: "answered", result: { ...result, error }, ...recorded };
  }

  async #acquireSlot(urgent: boolean, signal?: AbortSignal): Promise<boolean> {
    const { perSecond } = this;
    if (perSecond === Infinity) return true;
    const waitMs = await this.#rateLimit.acquire(urgent, signal);
    if (waitMs > 0 && waitMs < Infinity) {
      this.#nextSlot = { at: performance.now() + waitMs, perSecond };
    }
    return waitMs === 0;
  }

  /** Records the result in the circuit. If that fails, the result of the mail stays as it is. */
  async #record(admitted: AdmittedMail, result: SendResult): Promise<RecordedResult> {
    const { epoch, sender } = admitted;
    try {
      // Refused locally or aborted: the result says nothing about the provider.
      if (result.outcome === "held" || result.provider === null) {
        await this.#circuit.recordNotSent(epoch);
        return { epoch, outdated: false };
      }
      if (result.outcome === "sent") {
        return { epoch: await this.#circuit.recordSuccess(epoch, sender), outdated: false };
      }
      if (result.error.refusesSender) {
        return await this.#recordRefusal(admitted, result.error);
      }
      if (!isProviderFailure(result.error)) {
        return { epoch: await this.#circuit.recordAnswer(epoch), outdated: false };
      }
      const failed = await this.#circuit.recordFailure(epoch, result.error);
      return { epoch: failed ?? epoch, outdated: failed === null && mayFailOver(result.error) };
    } catch (error) {
      log.error("Cannot record the state of provider {name}", { name: this.name, error });
      return { epoch, outdated: false };
    }
  }

  // The mail that opens the circuit, and those refused while it opens, do not fail: they are sent again by the
  // next provider, or after the pause.
  async #recordRefusal(mail: AdmittedMail, refusal: DeliveryError): Promise<RecordedResult> {
    const recorded = await this.#circuit.recordRefusal(mail, refusal);
    const error = asProviderFailure(refusal);
    if (!recorded) return { epoch: mail.epoch, outdated: true, error };
    const { failed, ...current } = recorded;
    return { ...current, outdated: false, ...failed && { error } };
  }

  async close(): Promise<void> {
    await this.#connection.close();
  }
}

const SKIPPED: ProviderAnswer = { type: "skipped", error: null };
