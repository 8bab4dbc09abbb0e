import { listQuotes, type QuoteFilter as QuoteFilterShape } from "../../src/domain/quotes/list.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { checkFilter, filterIds } from "../kit/filter.ts";
import { lookupId } from "../kit/global_id.ts";
import { QuoteEmailFailed, QuoteStatus } from "./enums.ts";
import { QuoteNode } from "./quote.ts";

export const QuoteFilter = builder.inputType("QuoteFilter", {
  description:
    "Filter of quotes: all fields must match, within a list any value. Absent or null: no limit; an " +
    "empty list is an InvalidInputError.",
  fields: (t) => ({
    ids: t.idList({ description: "Ids of quotes: quo_…" }),
    statuses: t.field({ type: [QuoteStatus], description: "States of the quote." }),
    emailFailed: t.field({
      type: QuoteEmailFailed,
      description: "Mail that is FAILED, BOUNCED, COMPLAINED or UNKNOWN.",
    }),
    lockStale: t.boolean({
      description: "True: with a lock older than 30 minutes; false: all others.",
    }),
    search: t.string({
      description: "Part of the customer's name or address, or of the request, case-insensitive.",
    }),
  }),
});

/**
 * Converts a filter of quotes to its domain form.
 *
 * @throws {InvalidInputError} for an empty or too long list, and for the id of another noun
 * @throws {NotFoundError} naming the values that are not ids
 */
export function quoteFilter(
  filter: typeof QuoteFilter.$inferInput | null | undefined,
): QuoteFilterShape {
  const checked = checkFilter(filter);
  return { ...checked, ids: filterIds("quote", "ids", checked.ids) };
}

builder.queryFields((t) => ({
  quote: t.field({
    type: QuoteNode,
    nullable: true,
    description: "Quote with this id; null if it does not exist.",
    args: { id: t.arg.id({ required: true, description: "Id of the quote: quo_…" }) },
    resolve: (_root, { id }) => lookupId("quote", id),
  }),
  quotes: t.connection({
    type: QuoteNode,
    description: "Quotes of the organization, newest first; visible to all roles.",
    args: {
      filter: t.arg({ type: QuoteFilter, description: "Filter of the quotes; absent: all." }),
    },
    resolve: (_root, { filter, ...page }, { services, caller }) =>
      listQuotes(services, caller, quoteFilter(filter), page),
  }, ...connectionNames("Quote")),
}));
