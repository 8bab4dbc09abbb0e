import { useQuery } from "urql";
import { graphql, type ResultOf } from "../api/graphql.ts";

const JobKindsQuery = graphql(`
  query JobKinds {
    jobKinds { kind lane description payloadSchema startable maxAttempts timeoutMs }
  }
`);

/** Description of a job kind. */
export type KindInfo = ResultOf<typeof JobKindsQuery>["jobKinds"][number];

/** Job kinds of the server; null until they are read, or if they cannot be. */
export function useJobKinds(): readonly KindInfo[] | null {
  const [{ data }] = useQuery({ query: JobKindsQuery, requestPolicy: "cache-first" });
  return data?.jobKinds ?? null;
}
