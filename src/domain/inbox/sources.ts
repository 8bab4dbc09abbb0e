import { type Connection, statement } from "../../db/database.ts";
import type { Noun } from "../id.ts";

/** Source of a suggestion: a mail, an order or a fact. */
export interface SuggestionSource {
  readonly suggestionId: string;
  readonly noun: Extract<Noun, "email" | "order" | "fact">;
  /** Database id; the object may be deleted. */
  readonly id: string;
  /** Short text of it, as it was when the suggestion was written. */
  readonly text: string;
}

const FIND = statement<[organizationId: string, suggestionIds: string[]], SuggestionSource>(
  "suggestions.sources",
  `select suggestion_id as "suggestionId", coalesce(fact_id, order_id, email_id) as id, text,
     case when fact_id is not null then 'fact' when order_id is not null then 'order' else 'email' end
       as noun
   from suggestion_sources where organization_id = $1 and suggestion_id = any($2)
   order by suggestion_id, position`,
);

/** Finds the sources of suggestions, most important first, by the id of the suggestion. */
export async function sourcesOf(
  { db }: { readonly db: Connection },
  organizationId: string,
  suggestionIds: readonly string[],
): Promise<Map<string, SuggestionSource[]>> {
  const sources = await db.run(FIND, organizationId, [...suggestionIds]);
  return Map.groupBy(sources, ({ suggestionId }) => suggestionId);
}
