import type { Channel, SendResult } from "../channels/channel.ts";
import type { Meter } from "../domain/meter.ts";
import type { AcceptedCount } from "../domain/providers/send_rate.ts";

/**
 * Counts the messages that providers accept, in memory, because a statement for each would slow down sending; and the
 * answers of providers for the metrics.
 */
export class SendCounts {
  readonly #accepted = new Map<string, number>();

  /** @param meter absent: only accepted messages are counted */
  constructor(readonly meter?: Meter) {}

  /** Returns a channel that sends by this one and counts the accepted messages. */
  of(channel: Channel): Pick<Channel, "send" | "obstacle"> {
    return {
      get obstacle() {
        return channel.obstacle;
      },
      send: async (mail, options) => {
        const startedAt = performance.now();
        const result = await channel.send(mail, options);
        this.#measure(result, performance.now() - startedAt);
        if (result.outcome === "sent") {
          this.#accepted.set(result.provider, (this.#accepted.get(result.provider) ?? 0) + 1);
        }
        return result;
      },
    };
  }

  #measure(result: SendResult, ms: number): void {
    if (!this.meter || result.outcome === "held") return;
    let last = ms;
    for (const { provider, error, durationMs } of result.earlier ?? []) {
      this.meter.mailAnswer(provider, error.type, durationMs / 1_000);
      last -= durationMs;
    }
    if (result.provider === null) return;
    const errorType = result.outcome === "sent" ? null : result.error.type;
    this.meter.mailAnswer(result.provider, errorType, Math.max(0, last) / 1_000);
  }

  /** Takes the counts of these providers since the last call. */
  take(providers: readonly { readonly id: string; readonly name: string }[]): AcceptedCount[] {
    return providers.flatMap(({ id, name }) => {
      const accepted = this.#accepted.get(name);
      this.#accepted.delete(name);
      return accepted ? [{ providerId: id, accepted }] : [];
    });
  }
}
