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
import { isProvidersFault, mayFailOver, type ProviderState } from "../domain/providers/provider.ts";
import { readStates } from "../domain/providers/queries.ts";
import type { NamedProvider } from "../domain/providers/register.ts";
import type { Services } from "../domain/services.ts";
import type { Credentials } from "../domain/vault.ts";
import { Circuit } from "./circuit.ts";
import { RateLimit } from "./rate_limit.ts";

const log = getLogger(["waybill", "providers"]);

/** A provider that this process is told of, and how to reach it. */
export interface ConfiguredProvider extends NamedProvider {
  /** @param credentials null: those of the settings */
  open(credentials: Credentials | null): Channel;
}

/** How asking one provider ended. */
export interface Asked {
  readonly result: Extract<SendResult, { outcome: "sent" | "failed" }>;
  /** Of the provider as the result tells of it: what was changed since is another. */
  readonly epoch: number;
}

/** One provider in use: its channel behind its circuit and its limit. */
export class LiveProvider {
  readonly #services: Services;
  readonly #configured: ConfiguredProvider;
  readonly #circuit: Circuit;
  readonly #limit: RateLimit;
  #channel: Channel | null = null;
  /** What the channel was opened with; undefined: it was not. */
  #sealed: string | null | undefined;
  /** Why it could not be opened. */
  #fault: DeliveryError | null = null;
  #adopting: Promise<void> = Promise.resolve();
  /** When that limit lets the next message through, by the process's clock, where that is not soon. */
  #turn = { at: 0, perSecond: Infinity };

  private constructor(services: Services, configured: ConfiguredProvider, state: ProviderState) {
    this.#services = services;
    this.#configured = configured;
    this.#circuit = new Circuit(services, state, () => this.#reread());
    this.#limit = new RateLimit(
      (wanted, urgent) =>
        reserveSlots(services, state.id, { perSecond: this.perSecond, wanted, urgent }),
      () => this.perSecond,
    );
  }

  static async open(
    services: Services,
    configured: ConfiguredProvider,
    state: ProviderState,
  ): Promise<LiveProvider> {
    const provider = new LiveProvider(services, configured, state);
    await provider.adopt(state);
    return provider;
  }

  get id(): string {
    return this.#circuit.state.id;
  }

  get channel(): MessageChannel {
    return this.#configured.channel;
  }

  get name(): string {
    return this.#configured.name;
  }

  /** Messages per second; Infinity: no limit. */
  get perSecond(): number {
    return this.#circuit.state.perSecond ?? Infinity;
  }

  /** How many messages it takes at once. */
  get connections(): number {
    return this.#channel?.connections ?? 1;
  }

  /** Proof of its state, as this process knows it. */
  get epoch(): number {
    return this.#circuit.state.epoch;
  }

  /** Why it is not asked now; null: it is. */
  get obstacle(): DeliveryError | null {
    return this.#fault ?? this.#circuit.obstacle;
  }

  /** Its own limit, while that lets nothing through for some time; null: it does. */
  get exhausted(): DeliveryError | null {
    const retryAfterMs = this.#turn.at - performance.now();
    // Of a limit that does not hold any more it says nothing.
    const holds = this.#turn.perSecond === this.perSecond;
    return holds && retryAfterMs > 0 ? { ...EXHAUSTED, retryAfterMs } : null;
  }

  /** Takes over what has changed; new credentials hold for all that is sent from now on. */
  adopt(state: ProviderState): Promise<void> {
    // One after the other: who waits for this has what it brings.
    this.#adopting = this.#adopting.then(async () => {
      if (state.epoch < this.#circuit.state.epoch) return;
      if (state.credentials !== this.#sealed) await this.#reopen(state.credentials);
      // After that: a new epoch must not be blamed for what the old credentials meet.
      this.#circuit.adopt(state);
    });
    return this.#adopting;
  }

  async #reopen(sealed: string | null): Promise<void> {
    const before = this.#channel;
    try {
      this.#channel = this.#configured.open(await this.#unseal(sealed));
      this.#fault = null;
    } catch (error) {
      this.#channel = null;
      this.#fault = faultOf(error);
      log.error("Provider {name} cannot be used", { name: this.name, error });
    }
    this.#sealed = sealed;
    // Once it has sent what it has begun to.
    before?.close().catch((error) => log.warn("Closing {name} failed", { name: this.name, error }));
  }

  /**
   * Sends one message, if the provider may be asked now and the signal does not fire first.
   *
   * @returns null when it was not asked
   */
  async send(mail: OutgoingMail, options: SendOptions): Promise<Asked | null> {
    const asked = await this.#ask(mail, options);
    // With the credentials that were replaced meanwhile.
    return asked?.outdated ? await this.#ask(mail, options) ?? asked : asked;
  }

  async #ask(mail: OutgoingMail, { urgent = false, signal }: SendOptions) {
    if (signal?.aborted || !this.#channel || this.obstacle) return null;
    // What is urgent has a reserve of its own.
    if (this.exhausted && !urgent) return null;
    const epoch = await this.#admit(urgent, signal);
    const channel = this.#channel;
    if (epoch === null || !channel) return null;
    const result = await channel.send(mail, { urgent, signal });
    const noted = await this.#note(epoch, result);
    return result.outcome === "held" ? null : { result, ...noted };
  }

  /** Null: the provider is not to be asked now, or nobody could say whether. */
  async #admit(urgent: boolean, signal?: AbortSignal): Promise<number | null> {
    try {
      const { perSecond } = this;
      if (perSecond < Infinity) {
        const waitMs = await this.#limit.turn(urgent, signal);
        if (waitMs > 0 && waitMs < Infinity) {
          this.#turn = { at: performance.now() + waitMs, perSecond };
        }
        if (waitMs > 0) return null;
      }
      // Last: much may have happened before its turn came.
      return await this.#circuit.admit();
    } catch (error) {
      log.error("Cannot ask whether provider {name} may be used", { name: this.name, error });
      return null;
    }
  }

  // What was sent is sent, whatever becomes of the circuit.
  async #note(epoch: number, result: SendResult): Promise<{ epoch: number; outdated: boolean }> {
    try {
      // Refused on this side, or not handed over: that says nothing of the provider.
      if (result.outcome === "held" || result.provider === null) {
        await this.#circuit.undecided(epoch);
        return { epoch, outdated: false };
      }
      if (result.outcome === "sent" || !isProvidersFault(result.error)) {
        return { epoch: await this.#circuit.succeeded(epoch), outdated: false };
      }
      const failed = await this.#circuit.failed(epoch, result.error);
      return { epoch: failed ?? epoch, outdated: failed === null && mayFailOver(result.error) };
    } catch (error) {
      log.error("Cannot tell how provider {name} does", { name: this.name, error });
      return { epoch, outdated: false };
    }
  }

  async #reread(): Promise<void> {
    const [state] = await readStates(this.#services.db, [this.id]);
    if (state) await this.adopt(state);
  }

  async close(): Promise<void> {
    await this.#channel?.close();
  }

  async #unseal(sealed: string | null): Promise<Credentials | null> {
    if (sealed === null) return null;
    if (this.#services.vault) return await this.#services.vault.open(this.id, sealed);
    throw new Error("This process was started without a vault");
  }
}

const EXHAUSTED: DeliveryError = {
  type: "RATE_LIMIT",
  disposition: "retry",
  code: "LIMIT",
  message: "The limit of the provider lets no message through for now",
  retryAfterMs: null,
  beforeRecipient: true,
};

function faultOf(error: unknown): DeliveryError {
  const why = error instanceof Error ? error.message : String(error);
  return {
    type: "ACCESS_TOKEN",
    disposition: "pause",
    code: "SEALED",
    message: `The stored credentials cannot be read: ${why}`,
    retryAfterMs: null,
    beforeRecipient: true,
  };
}
