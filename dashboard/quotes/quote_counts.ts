import { useQuery, useSubscription } from "urql";
import { graphql } from "../api/graphql.ts";
import type { QuoteStatus } from "./quote_fields.ts";

const QuoteCountsQuery = graphql(`
  query QuoteCounts {
    PENDING: quotes(filter: { statuses: [PENDING] }, first: 1) { totalCount }
    AI_PROCESSING: quotes(filter: { statuses: [AI_PROCESSING] }, first: 1) { totalCount }
    AI_QUOTED: quotes(filter: { statuses: [AI_QUOTED] }, first: 1) { totalCount }
    AI_ERROR: quotes(filter: { statuses: [AI_ERROR] }, first: 1) { totalCount }
  }
`);

const AnyQuoteChanged = graphql(`
  subscription AnyQuoteChanged {
    quotesUpdated { changed { id status } removedIds }
  }
`);

/**
 * Number of quotes by state, read again after each change.
 *
 * @returns null for a state with more quotes than the server counts, and while nothing is known
 */
export function useQuoteCounts(): (status: QuoteStatus) => number | null {
  const [{ data }, read] = useQuery({ query: QuoteCountsQuery });
  useSubscription({ query: AnyQuoteChanged }, (_, event) => {
    read({ requestPolicy: "network-only" });
    return event;
  });
  return (status) => data?.[status].totalCount ?? null;
}
