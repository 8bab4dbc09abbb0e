import { getLogger } from "@logtape/logtape";
import type {
  AskOptions,
  EmbeddingRequest,
  EmbeddingResult,
  Model,
  ModelRequest,
  ModelResult,
} from "../ai/model.ts";
import type { DeliveryError } from "../channels/channel.ts";
import type { Services } from "../domain/services.ts";
import type { Configured, Registered } from "./configured_provider.ts";
import { ModelUnavailable } from "./model_caller.ts";
import { ProviderConnection } from "./provider_connection.ts";

// Short, as for mails, because an operator may correct the cause at any time.
const MAX_WAIT_MS = 30_000;
// Wait while another request probes the circuit.
const SHORT_WAIT_MS = 2_000;
// Jitter, so that jobs that wait for the same reason do not all continue at once.
const JITTER = 0.1;
const log = getLogger(["waybill", "providers"]);

/** Language model that the settings name. */
export interface ConfiguredModel extends Configured<Model> {
  readonly channel: null;
  /** Name of the model: "gpt-6-luna". */
  readonly model: string;
}

/** Result of a request that has passed the circuit. */
export interface CircuitResult {
  readonly result: ModelResult;
  /** Whether the provider was reconfigured meanwhile, so that a failure is about its old settings. */
  readonly outdated: boolean;
}

/** Language model of this process, behind the circuit of its provider. */
export class LiveModel {
  /** Name of the model. */
  readonly model: string;
  readonly #connection: ProviderConnection<Model>;
  readonly #unsubscribe: () => void;

  private constructor(services: Services, model: string, connection: ProviderConnection<Model>) {
    this.model = model;
    this.#connection = connection;
    this.#unsubscribe = services.bus.subscribe("providers", () => {
      this.refresh().catch((error) => log.warn("Cannot read the provider of the model", { error }));
    });
  }

  /** Opens the registered model. It connects at its first request. */
  static async open(
    services: Services,
    registered: Registered<ConfiguredModel>,
  ): Promise<LiveModel> {
    const connection = await ProviderConnection.open<Model>(services, registered);
    return new LiveModel(services, registered.configured.model, connection);
  }

  /** Name of the provider: "api.openai.com". */
  get provider(): string {
    return this.#connection.name;
  }

  /** Returns an upper bound of the input tokens of an admitted request. */
  maxInputTokens(request: ModelRequest): number {
    const { current } = this.#connection;
    if (!current) throw this.#unavailable();
    return current.maxInputTokens(request);
  }

  /** Admits a request; returns the epoch that its result belongs to. Call `ask` or `release` then. */
  async admit(): Promise<number> {
    const epoch = this.#connection.current && await this.#connection.circuit.admit();
    if (epoch === null) throw this.#unavailable();
    return epoch;
  }

  /** Releases the admission of a request that is not made. */
  async release(epoch: number): Promise<void> {
    await this.#record(() => this.#connection.circuit.recordNotSent(epoch));
  }

  /**
   * Makes an admitted request and records its result in the circuit.
   *
   * @throws the reason of the signal, if it is aborted
   */
  async ask(epoch: number, request: ModelRequest, options: AskOptions): Promise<CircuitResult> {
    const { circuit, current } = this.#connection;
    if (!current) throw this.#unavailable();
    // The first text closes the circuit, because the end of the answer may be minutes away.
    const answers = () => this.#record(() => circuit.recordAnswer(epoch));
    let begun: Promise<unknown> | null = null;
    const onText = (text: string) => {
      begun ??= answers();
      options.onText?.(text);
    };
    let result: ModelResult;
    try {
      result = await current.ask(request, { ...options, onText });
    } catch (error) {
      await this.release(epoch);
      throw error;
    }
    await begun;
    if (result.outcome === "answered" || !isFailureOfProvider(result)) {
      await answers();
      return { result, outdated: false };
    }
    const { error } = result;
    const recorded = await this.#record(() => circuit.recordFailure(epoch, error));
    return { result, outdated: recorded === null };
  }

  /**
   * Requests embeddings while the circuit admits requests. A failure does not count in the circuit, because a missing
   * embedding model must not stop all other requests.
   *
   * @throws {ModelUnavailable} if the model cannot be asked now
   */
  async embed(request: EmbeddingRequest, signal: AbortSignal): Promise<EmbeddingResult> {
    const epoch = await this.admit();
    try {
      const { current } = this.#connection;
      if (!current) throw this.#unavailable();
      return await current.embed(request, signal);
    } finally {
      await this.release(epoch);
    }
  }

  /** Error for a failed request if the model cannot be asked now; null if it can. */
  unavailableAfter({ result, outdated }: CircuitResult): ModelUnavailable | null {
    if (outdated) return new ModelUnavailable(0, this.#waitFor(null));
    return isFailureOfProvider(result) && this.#connection.obstacle ? this.#unavailable() : null;
  }

  #unavailable(): ModelUnavailable {
    const { obstacle } = this.#connection;
    const waitMs = Math.min(obstacle?.retryAfterMs ?? defaultWaitMs(obstacle), MAX_WAIT_MS);
    return new ModelUnavailable(waitMs * (1 + JITTER * Math.random()), this.#waitFor(obstacle));
  }

  #waitFor(obstacle: DeliveryError | null): ModelUnavailable["wait"] {
    const reason = obstacle?.type === "RATE_LIMIT" ? "RATE_LIMIT" : "PROVIDER_OPEN";
    return { reason, providerId: this.#connection.id };
  }

  /** Records a result. A failure to do so does not change the result of the request. */
  async #record<T>(record: () => Promise<T>): Promise<T | undefined> {
    try {
      return await record();
    } catch (error) {
      log.error("Cannot record the state of provider {name}", { name: this.provider, error });
      return undefined;
    }
  }

  /** Reads the state of the provider again, for changes by operators and by other processes. */
  refresh(): Promise<void> {
    return this.#connection.reread();
  }

  async close(): Promise<void> {
    this.#unsubscribe();
    await this.#connection.close();
  }
}

// A failure after the first text does not open the circuit, because the server works, and the loss of one long answer
// must not stop other requests.
function isFailureOfProvider(result: ModelResult): boolean {
  return result.outcome === "failed" && result.error.disposition !== "never" &&
    result.firstTokenMs === null;
}

// A circuit without a time stays open until an operator acts.
function defaultWaitMs(obstacle: DeliveryError | null): number {
  return obstacle ? MAX_WAIT_MS : SHORT_WAIT_MS;
}
