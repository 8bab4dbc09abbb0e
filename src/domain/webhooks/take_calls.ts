import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import type { EndpointClaim } from "./claim.ts";

/** Maximum number of calls of one endpoint at the same time. */
export const MAX_CONCURRENT_CALLS = 8;
// Further calls are read later. The limit is reached only if most calls have an object in common.
const MAX_CANDIDATES = 200;

/** A call to be made now. */
export interface DueCall {
  readonly id: string;
  readonly body: string;
  /** Number of attempts since its creation or last replay. */
  readonly attempt: number;
  readonly url: string;
  /** Signing secrets, encrypted; the second one is that before the last rotation. */
  readonly secrets: readonly string[];
}

// A probe of an open circuit is a single call.
const TAKE = statement<
  [jobId: string, fence: number, endpointId: string, inFlight: string[], limit: number],
  DueCall
>(
  "webhooks.takeCalls",
  `with endpoint as materialized (
     select id, url, array_remove(array[secret, case when previous_secret_until > now()
         then previous_secret end], null) as secrets,
       case state when 'CLOSED' then $5::int else 1 end - cardinality($4::uuid[]) as free
     from webhook_endpoints
     where id = $3 and enabled and (state = 'CLOSED' or retry_at <= now())
       and exists (select from jobs where id = $1 and fence = $2)
   ),
   due as materialized (
     select id, n, objects, attempt from webhook_calls
     where endpoint_id = $3 and status = 'PENDING' and next_attempt_at <= now()
     order by n limit ${MAX_CANDIDATES}
   )
   select c.id, c.attempt, e.url, e.secrets,
     (select body from webhook_calls where id = c.id) as body
   from endpoint e, due c
   where c.id <> all($4)
     and not exists (select from due b where b.n < c.n and b.objects && c.objects)
     and not exists (
       select from webhook_calls b where b.endpoint_id = $3 and b.status = 'PENDING'
         and b.next_attempt_at > now() and b.n < c.n and b.objects && c.objects)
   order by c.n limit (select greatest(free, 0) from endpoint)`,
);

/**
 * Reads the calls of an endpoint that are due, in order, without those that an earlier call with the same objects
 * precedes. None while the endpoint is disabled or its circuit open, and after the end of the claim.
 *
 * @param inFlight ids of the calls that are being made
 */
export function takeCalls(
  { db }: Services,
  { jobId, fence, endpointId }: EndpointClaim,
  inFlight: readonly string[],
): Promise<DueCall[]> {
  return db.run(TAKE, jobId, fence, endpointId, [...inFlight], MAX_CONCURRENT_CALLS);
}
