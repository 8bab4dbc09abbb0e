import {
  type Channel,
  type DeliveryError,
  type FailedTry,
  GIVEN_UP,
  type Obstacle,
  type OutgoingMail,
  type SendOptions,
  type SendResult,
} from "../channels/channel.ts";
import { isProvidersFault, mayFailOver } from "../domain/providers/provider.ts";
import type { LiveProvider } from "./live_provider.ts";

/**
 * A way out through several providers, in order of preference: the next one is asked when one cannot be
 * reached, does not let us in or takes no more for now, as long as no content was handed over to it.
 */
export class FailoverChannel implements Channel {
  readonly #providers: readonly LiveProvider[];

  /** @param providers one at least */
  constructor(providers: readonly LiveProvider[]) {
    this.#providers = providers;
  }

  /** Of the provider that is asked first now; not more than it takes in a second. */
  get connections(): number {
    const first = this.#providers.find(({ obstacle }) => !obstacle) ?? this.#providers[0];
    if (!first) return 1;
    return Math.min(first.connections, Math.ceil(first.perSecond));
  }

  /** What keeps everything from going out now; null: nothing does. */
  get obstacle(): Obstacle | null {
    for (const provider of this.#providers) {
      if (provider.obstacle) continue;
      return provider.exhausted && only(provider, provider.exhausted);
    }
    return this.#combine(this.#providers.map(({ obstacle }) => obstacle));
  }

  async send(mail: OutgoingMail, options: SendOptions = {}): Promise<SendResult> {
    const tries: FailedTry[] = [];
    const said = new Map<string, { readonly error: DeliveryError; readonly epoch: number }>();
    for (const provider of this.#providers) {
      const begun = performance.now();
      const asked = await provider.send(mail, options);
      // A limit is no failure: what is over it waits, and goes to no other.
      if (!asked && !provider.obstacle && provider.exhausted) break;
      if (!asked) continue;
      const { result, epoch } = asked;
      const earlier = tries.length > 0 && { earlier: tries };
      if (result.outcome === "sent") return { ...result, ...earlier };
      const { error } = result;
      if (!mayFailOver(error)) {
        const obstacle = only({ id: provider.id, epoch }, error);
        return { ...result, ...earlier, ...error.disposition === "pause" && { obstacle } };
      }
      said.set(provider.name, { error, epoch });
      tries.push({ provider: provider.name, error, durationMs: performance.now() - begun });
    }
    // What a provider said that was changed since, tells nothing of it as it is now.
    const errors = this.#providers.map(({ name, epoch, obstacle, exhausted }) => {
      const last = said.get(name);
      return obstacle ?? exhausted ?? (last?.epoch === epoch ? last.error : null);
    });
    return this.#outcomeOf(tries, errors);
  }

  async close(): Promise<void> {
    await Promise.all(this.#providers.map((provider) => provider.close()));
  }

  // Nobody has taken it, and nobody has refused it for good.
  #outcomeOf(
    tries: readonly FailedTry[],
    errors: readonly (DeliveryError | null)[],
  ): SendResult {
    const last = tries.at(-1);
    if (!last) return { outcome: "held", obstacle: this.#combine(errors) };
    // Who has spoken of the recipient works, and goes on with the others.
    const working = tries.some(({ error }) => !isProvidersFault(error));
    return {
      outcome: "failed",
      provider: last.provider,
      error: last.error,
      earlier: tries.slice(0, -1),
      obstacle: working ? null : this.#combine(errors),
    };
  }

  // A person is called for only when nothing will mend itself.
  #combine(errors: readonly (DeliveryError | null)[]): Obstacle {
    const providers = this.#providers.map(({ id, epoch }) => ({ id, epoch }));
    const passing = errors.filter((error) => error?.disposition !== "pause");
    const [soonest] = passing.map((error) => error ?? LET_GO).toSorted(byWait);
    if (soonest) return { error: soonest, providers };
    const [first = LET_GO] = errors.flatMap((error) => error ?? []);
    const message = this.#providers.map(({ name }, index) => `${name}: ${errors[index]?.message}`);
    return { error: { ...first, message: message.join("; ") }, providers };
  }
}

function only({ id, epoch }: Pick<LiveProvider, "id" | "epoch">, error: DeliveryError): Obstacle {
  return { error, providers: [{ id, epoch }] };
}

// It could be asked, and was not: the job is to end, or the database does not answer.
const LET_GO = GIVEN_UP.obstacle.error;

function byWait(a: DeliveryError, b: DeliveryError): number {
  return (a.retryAfterMs ?? 0) - (b.retryAfterMs ?? 0);
}
