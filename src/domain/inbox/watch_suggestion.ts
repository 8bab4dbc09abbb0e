import { isDeepStrictEqual } from "node:util";
import { Repeater, SlidingBuffer } from "@repeaterjs/repeater";
import { createFeed, type Feed } from "../../events/feed.ts";
import type { Caller } from "../access/access.ts";
import { getThread } from "../emails/find.ts";
import type { Services } from "../services.ts";
import { suggestionsOf } from "./find.ts";
import type { Suggestion } from "./suggestion.ts";

// The writer already limits the rate per suggestion; a longer interval would delay the first words of other
// suggestions.
const INTERVAL_MS = 5;

const feeds = new WeakMap<Services, Feed<Suggestion>>();

/**
 * Subscribes to the suggestion of a thread: the current one, then each change and each newer suggestion. It does not
 * end, because a further mail may get another suggestion. A slow client gets only the latest state.
 *
 * @throws {NotFoundError} for a thread that the caller cannot see
 */
export async function watchSuggestion(
  services: Services,
  caller: Caller,
  threadId: string,
): Promise<AsyncIterable<Suggestion>> {
  await getThread(services, caller, threadId);
  return new Repeater<Suggestion>((push, stop) => {
    let sent: Suggestion | null = null;
    const unwatch = feedOf(services).watch(threadId, (suggestion) => {
      if (suggestion?.organizationId !== caller.organizationId) return;
      if (isDeepStrictEqual(suggestion, sent)) return;
      sent = suggestion;
      push(suggestion);
    });
    stop.then(unwatch);
  }, new SlidingBuffer(1));
}

function feedOf(services: Services): Feed<Suggestion> {
  const feed = feeds.get(services) ??
    createFeed(services.bus, "suggestions", (ids) => suggestionsOf(services, ids), {
      intervalMs: INTERVAL_MS,
    });
  feeds.set(services, feed);
  return feed;
}
