import {
  ABORTED_RESULT,
  type Channel,
  type DeliveryError,
  type FailedTry,
  type Obstacle,
  type OutgoingMail,
  type SendOptions,
  type SendResult,
} from "../channels/channel.ts";
import { isProviderFailure, mayFailOver } from "../domain/providers/provider.ts";
import type { LiveProvider } from "./live_provider.ts";

// Longest wait for a connection if there is another provider. One that cannot be used when the wait begins may
// have recovered when it ends.
const ACQUIRE_TIMEOUT_MS = 10_000;

/**
 * A channel with several providers, in order of preference. If a provider cannot be reached, refuses the
 * login or throttles, and no content was transmitted to it, the next one is tried.
 */
export class FailoverChannel implements Channel {
  readonly #providers: readonly LiveProvider[];

  /** @param providers at least one */
  constructor(providers: readonly LiveProvider[]) {
    this.#providers = providers;
  }

  /** Connections of the first usable provider, at most the number of mails it takes in a second. */
  get connections(): number {
    const first = this.#providers.find(({ obstacle }) => !obstacle) ?? this.#providers[0];
    if (!first) return 1;
    return Math.min(first.connections, Math.ceil(first.perSecond));
  }

  /** Obstacle that stops all mail for now; null: none. */
  get obstacle(): Obstacle | null {
    for (const provider of this.#providers) {
      if (provider.obstacle) continue;
      return provider.exhausted && obstacleOf(provider, provider.exhausted);
    }
    return this.#combine(this.#providers.map((provider) => ({
      provider,
      error: provider.obstacle,
    })));
  }

  async send(mail: OutgoingMail, options: SendOptions = {}): Promise<SendResult> {
    const tries: FailedTry[] = [];
    const failures = new Map<string, { readonly error: DeliveryError; readonly epoch: number }>();
    const skips = new Map<string, DeliveryError>();
    const reached: LiveProvider[] = [];
    const limit = this.#providers.length > 1 && { acquireTimeoutMs: ACQUIRE_TIMEOUT_MS };
    for (const provider of this.#providers) {
      const { name, id } = provider;
      reached.push(provider);
      const startedAt = performance.now();
      const answer = await provider.send(mail, { ...options, ...limit });
      if (answer.type === "skipped") {
        if (answer.error) skips.set(name, answer.error);
        // A used up rate limit is not a failure: the mail waits for a slot and is sent to no other provider.
        else if (!provider.obstacle && provider.exhausted) break;
        continue;
      }
      const { result, epoch } = answer;
      const earlier = tries.length > 0 && { earlier: tries };
      if (result.outcome === "sent") return { ...result, ...earlier };
      const { error } = result;
      if (!mayFailOver(error)) {
        const obstacle = obstacleOf({ id, epoch }, error);
        return { ...result, ...earlier, ...error.disposition === "pause" && { obstacle } };
      }
      failures.set(name, { error, epoch });
      tries.push({ provider: name, error, durationMs: performance.now() - startedAt });
    }
    const states = reached.map((provider) => {
      const { name, epoch, obstacle, exhausted } = provider;
      const failure = failures.get(name);
      // Ignore errors from before the provider was reconfigured (stale epoch).
      const current = failure?.epoch === epoch ? failure.error : null;
      return { provider, error: obstacle ?? skips.get(name) ?? exhausted ?? current };
    });
    return this.#outcomeOf(tries, states);
  }

  async close(): Promise<void> {
    await Promise.all(this.#providers.map((provider) => provider.close()));
  }

  /** Result of a mail that no provider has accepted or permanently refused. */
  #outcomeOf(tries: readonly FailedTry[], states: readonly ReachedProvider[]): SendResult {
    const last = tries.at(-1);
    if (!last) return { outcome: "held", obstacle: this.#combine(states) };
    // A provider that lacks what the mail requires is the cause only if no other provider may have it.
    const cause = tries.findLast(({ error }) => !error.providerLacks) ??
      findUntried(tries, states) ?? last;
    // A provider that answered about the recipient works, so that other mail may be sent.
    const working = tries.some(({ error }) => !isProviderFailure(error));
    return {
      outcome: "failed",
      provider: cause.provider,
      error: cause.error,
      earlier: tries.filter((each) => each !== cause),
      obstacle: working ? null : this.#combine(states),
    };
  }

  // The combined obstacle pauses the message only if no provider can recover without an operator.
  #combine(states: readonly ReachedProvider[]): Obstacle {
    const providers = this.#providers.map(({ id, epoch }) => ({ id, epoch }));
    const temporary = states.flatMap(({ provider: { id }, error }) => {
      if (error?.disposition === "pause") return [];
      return error ? { error, providerId: id } : { error: NOT_TRIED };
    });
    const [soonest] = temporary.toSorted(byWait);
    if (soonest) return { ...soonest, providers };
    const [first = NOT_TRIED] = states.flatMap(({ error }) => error ?? []);
    const message = states.map(({ provider: { name }, error }) => `${name}: ${error?.message}`);
    return { error: { ...first, message: message.join("; ") }, providers };
  }
}

/** A provider that a mail has reached, and the error that stops mail at it; null: none is known. */
interface ReachedProvider {
  readonly provider: LiveProvider;
  readonly error: DeliveryError | null;
}

/** Finds a provider that was not tried, because it cannot be used for a time, and the error of it. */
function findUntried(
  tries: readonly FailedTry[],
  states: readonly ReachedProvider[],
): Pick<FailedTry, "provider" | "error"> | undefined {
  return states.map(({ provider: { name }, error }) => ({
    provider: name,
    error: error ?? NOT_TRIED,
  })).find(({ provider, error }) =>
    error.disposition !== "pause" && tries.every((each) => each.provider !== provider)
  );
}

function obstacleOf(
  { id, epoch }: Pick<LiveProvider, "id" | "epoch">,
  error: DeliveryError,
): Obstacle {
  return { error, providers: [{ id, epoch }], providerId: id };
}

// A provider that could be used and was not tried, because the job is about to end.
const NOT_TRIED = ABORTED_RESULT.obstacle.error;

function byWait(a: Pick<Obstacle, "error">, b: Pick<Obstacle, "error">): number {
  return (a.error.retryAfterMs ?? 0) - (b.error.retryAfterMs ?? 0);
}
