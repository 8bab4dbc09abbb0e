import { useQuery } from "urql";
import { graphql } from "../api/graphql.ts";

// Types that every kind has; the other ones are those of recent failures.
const COMMON = ["TIMEOUT", "CRASHED", "INVALID_PAYLOAD", "INTERNAL"];

const RecentErrorsQuery = graphql(`
  query RecentJobErrors {
    jobs(filter: { statuses: [FAILED] }, first: 200) { nodes { id error { type } } }
  }
`);

/** Error types that complete the filter: the common ones and those of recent failures. */
export function useErrorTypes(): string[] {
  const [{ data }] = useQuery({ query: RecentErrorsQuery });
  const recent = data?.jobs.nodes.flatMap(({ error }) => error?.type ?? []) ?? [];
  return [...new Set([...COMMON, ...recent])].sort();
}
