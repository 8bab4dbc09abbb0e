import type { Channel } from "../channels/channel.ts";
import type { AcceptedCount } from "../domain/providers/send_rate.ts";

/** Counts the messages that providers accept, in memory, because a statement for each would slow down sending. */
export class SendCounts {
  readonly #accepted = new Map<string, number>();

  /** Returns a channel that sends by this one and counts the accepted messages. */
  of(channel: Channel): Pick<Channel, "send" | "obstacle"> {
    return {
      get obstacle() {
        return channel.obstacle;
      },
      send: async (mail, options) => {
        const result = await channel.send(mail, options);
        if (result.outcome === "sent") {
          this.#accepted.set(result.provider, (this.#accepted.get(result.provider) ?? 0) + 1);
        }
        return result;
      },
    };
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
