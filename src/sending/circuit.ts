import { getLogger } from "@logtape/logtape";
import type { DeliveryError } from "../channels/channel.ts";
import { beginProbe, closeCircuit, leaveProbe, openCircuit } from "../domain/providers/circuit.ts";
import { opensCircuit, type ProviderState } from "../domain/providers/provider.ts";
import type { Services } from "../domain/services.ts";

// While another message tries whether it works: that may take no time, or until it gives up.
const PROBED_MS = 5_000;
const log = getLogger(["waybill", "providers"]);

/** Whether one provider is asked, as all processes see it: this is one process's copy of its row. */
export class Circuit {
  readonly #services: Services;
  readonly #reread: () => Promise<void>;
  #state: ProviderState;
  /** By the process's clock. */
  #retryAt = 0;
  #failures = 0;
  #probing = false;

  /** @param reread adopts the row as it stands now: another process has changed it */
  constructor(services: Services, state: ProviderState, reread: () => Promise<void>) {
    this.#services = services;
    this.#reread = reread;
    this.#state = state;
    this.adopt(state);
  }

  get state(): ProviderState {
    return this.#state;
  }

  /** Takes the row over as it stands now; an older one that comes late changes nothing. */
  adopt(state: ProviderState): void {
    if (state.epoch < this.#state.epoch) return;
    if (state.epoch > this.#state.epoch) this.#failures = 0;
    this.#state = state;
    this.#retryAt = performance.now() + Math.max(state.retryMs ?? 0, 0);
  }

  /**
   * Lets a message through: always while the circuit is closed; while it is not, one of all processes
   * once its time has come.
   *
   * @returns the epoch, to be told with the result; null: not now
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

  /** What it stands open for; null while it is closed, or may be tried. */
  get obstacle(): DeliveryError | null {
    const { state, enabled, errorType, errorCode, errorMessage, errorPauses } = this.#state;
    if (!enabled) return SWITCHED_OFF;
    if (state === "CLOSED") return null;
    const waitMs = this.#retryAt - performance.now();
    if (waitMs <= 0 && !this.#probing) return null;
    // Somebody tries whether it works: until that is known, no person is called for.
    const trying = this.#probing || state === "HALF_OPEN";
    return {
      type: errorType ?? "OTHER",
      code: errorCode,
      message: errorMessage ?? "",
      disposition: errorPauses && !trying ? "pause" : "retry",
      retryAfterMs: trying ? PROBED_MS : waitMs,
      beforeRecipient: true,
    };
  }

  /** The provider was not asked after all: should it have been tried, the next message may do so. */
  async undecided(epoch: number): Promise<void> {
    if (epoch !== this.#state.epoch || this.#state.state !== "HALF_OPEN") return;
    const left = await leaveProbe(this.#services, this.#state);
    if (left) this.adopt(left);
    else await this.#reread();
  }

  /**
   * The provider has done its part, whatever it said of the message.
   *
   * @returns the epoch of which that tells: a new one, where it was being tried
   */
  async succeeded(epoch: number): Promise<number> {
    if (epoch !== this.#state.epoch) return epoch;
    this.#failures = 0;
    if (this.#state.state !== "HALF_OPEN") return epoch;
    const closed = await closeCircuit(this.#services, this.#state);
    if (!closed) {
      await this.#reread();
      return epoch;
    }
    this.adopt(closed);
    log.info("Provider {name} works again", { name: closed.name });
    return closed.epoch;
  }

  /**
   * It was the provider that failed.
   *
   * @returns the epoch of which that tells: a new one, where it opens the circuit; null when it says
   *   nothing any more: the provider was changed, or left out, meanwhile
   */
  async failed(epoch: number, error: DeliveryError): Promise<number | null> {
    if (epoch !== this.#state.epoch) return null;
    const probing = this.#state.state === "HALF_OPEN";
    if (!probing && !opensCircuit(error, ++this.#failures)) return epoch;
    const opened = await openCircuit(this.#services, this.#state, error);
    if (!opened) {
      await this.#reread();
      return null;
    }
    this.adopt(opened);
    const { name, retryMs } = opened;
    log.warn("Provider {name} is left out for {seconds} s: {type} {code} {text}", {
      name,
      seconds: Math.round((retryMs ?? 0) / 1_000),
      type: error.type,
      code: error.code,
      text: error.message,
    });
    return opened.epoch;
  }
}

const SWITCHED_OFF: DeliveryError = {
  type: "OTHER",
  code: "DISABLED",
  message: "The provider is switched off",
  disposition: "pause",
  retryAfterMs: null,
  beforeRecipient: true,
};
