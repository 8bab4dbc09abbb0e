import type { Services } from "../services.ts";
import type { SuggestionRef } from "./suggestion.ts";

/** Publishes threads whose suggestion has changed its state. Call it after the commit. */
export function publishSuggestions({ bus }: Services, changed: readonly SuggestionRef[]): void {
  for (const [organizationId, refs] of Map.groupBy(changed, (ref) => ref.organizationId)) {
    const threadIds = refs.map(({ threadId }) => threadId);
    bus.publish("suggestions", organizationId, threadIds);
    bus.publish("threads", organizationId, threadIds);
  }
}
