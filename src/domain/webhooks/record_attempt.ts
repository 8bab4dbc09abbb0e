import type { WebhookError, WebhookResult } from "../../channels/webhook/result.ts";
import { statement } from "../../db/database.ts";
import { insertEventsFrom } from "../notifications/append.ts";
import { unsubscribeEndpoints } from "../outbox/subscriptions.ts";
import { errorPattern } from "../problems/pattern.ts";
import { fingerprintOf, reportProblems } from "../problems/report.ts";
import type { Services } from "../services.ts";
import { type EndpointClaim, OWN_CLAIM } from "./claim.ts";
import type { DueCall } from "./take_calls.ts";
import { waitAfter } from "./waits.ts";

/** Number of failed attempts in a row that open the circuit of an endpoint. */
const MAX_FAILURES = 5;
/** Time of failures only, after which an endpoint is disabled, in days. */
export const MAX_FAILING_DAYS = 3;
// Failures up to this attempt are attributed to the outage that has ended. Later ones may be caused
// by the call itself.
const OUTAGE_ATTEMPTS = 3;

// The row of a healthy endpoint is not written. The calls that wait because of an outage continue at its end.
const SUCCESSES = statement<[jobId: string, fence: number, attempts: string]>(
  "webhooks.recordSuccesses",
  `with ${OWN_CLAIM},
   ended as materialized (
     select * from jsonb_to_recordset($3::jsonb) as a(id uuid, started_at timestamptz,
       duration_ms int, response_status smallint, response text)
   ),
   calls as (
     update webhook_calls c set status = 'DELIVERED', attempt = c.attempt + 1, tries = c.tries + 1,
       next_attempt_at = null, finished_at = now(), duration_ms = e.duration_ms,
       response_status = e.response_status, error_type = null, error_code = null,
       error_message = null
     from ended e
     -- The array makes the planner look up these few rows by their ids.
     where c.id = e.id and c.id = any(array(select id from ended)) and c.status = 'PENDING'
       and exists (select from own)
     returning c.id, c.endpoint_id, c.tries, e.started_at, e.duration_ms, e.response_status,
       e.response
   ),
   tried as (
     insert into webhook_attempts (call_id, n, started_at, duration_ms, response_status, response)
     select id, tries, started_at, duration_ms, response_status, response from calls
   ),
   failing as materialized (
     select id, state from webhook_endpoints
     where id = (select endpoint_id from calls limit 1) and failures > 0 for no key update
   ),
   recovered as (
     update webhook_endpoints e set state = 'CLOSED', retry_at = null, failures = 0, openings = 0,
       failing_since = null, error_type = null, error_code = null, error_message = null,
       updated_at = now()
     from failing where e.id = failing.id
   )
   update webhook_calls set next_attempt_at = now()
   where endpoint_id = (select id from failing where state = 'OPEN') and status = 'PENDING'
     and next_attempt_at > now() and id <> all(array(select id from ended))
     and (error_type in ('NETWORK', 'UNAVAILABLE') or attempt <= ${OUTAGE_ATTEMPTS})`,
);

const FINGERPRINT = fingerprintOf({
  source: "'WEBHOOK'",
  origin: "endpoint.url",
  provider: "null",
  errorType: "$8",
  code: "$9",
  pattern: "$13",
});

const FAILURE = statement<
  [
    jobId: string,
    fence: number,
    callId: string,
    startedAt: Date,
    durationMs: number,
    status: number | null,
    response: string | null,
    type: string,
    code: string | null,
    message: string,
    waitMs: number | null,
    retryAfterMs: number | null,
    pattern: string,
  ],
  { endpointId: string; organizationId: string; disabledReason: string | null }
>(
  "webhooks.recordFailure",
  `with ${OWN_CLAIM},
   call as (
     update webhook_calls set attempt = attempt + 1, tries = tries + 1,
       status = case when $11::float8 is null then 'FAILED' else 'PENDING' end,
       next_attempt_at = now() + $11 * interval '1 millisecond',
       finished_at = case when $11 is null then now() end, duration_ms = $5, response_status = $6,
       error_type = $8, error_code = $9, error_message = $10
     where id = $3 and status = 'PENDING' and exists (select from own)
     returning id, endpoint_id, n, objects, next_attempt_at, tries, error_type, error_code,
       error_message
   ),
   tried as (
     insert into webhook_attempts (call_id, n, started_at, duration_ms, response_status, response,
       error_type, error_code, error_message)
     select id, tries, $4::timestamptz, $5, $6, $7::text, error_type, error_code, error_message
     from call
   ),
   -- Later calls that have an object in common with it wait as long.
   held as (
     update webhook_calls c set next_attempt_at = call.next_attempt_at
     from call
     where c.endpoint_id = call.endpoint_id and c.status = 'PENDING' and c.n > call.n
       and c.objects && call.objects and c.next_attempt_at < call.next_attempt_at
   ),
   before as materialized (
     select e.id, e.failures + 1 as failures, coalesce(e.failing_since, now()) as failing_since,
       e.openings,
       (e.state = 'CLOSED' or e.retry_at <= now())
         and (e.state = 'OPEN' or e.failures + 1 >= ${MAX_FAILURES} or coalesce($12::float8, 0) > 0) as opens,
       case when not e.enabled then null
         when $8 = 'GONE' then 'The receiver wants no more calls (410)'
         when e.failing_since < now() - interval '${MAX_FAILING_DAYS} days'
         then 'All calls of ${MAX_FAILING_DAYS} days have failed' end as disabled_reason
     from webhook_endpoints e where e.id = (select endpoint_id from call) for no key update
   ),
   endpoint as (
     update webhook_endpoints e set failures = b.failures, failing_since = b.failing_since,
       error_type = $8, error_code = $9, error_message = $10, updated_at = now(),
       state = case when b.opens then 'OPEN' else e.state end,
       openings = b.openings + b.opens::int,
       retry_at = case when b.opens
         -- 5 s, 10 s, 20 s … up to 5 minutes.
         then now() + greatest(least(5000 * 2 ^ least(b.openings, 10), 300000), $12)
           * interval '1 millisecond'
         else e.retry_at end,
       enabled = e.enabled and b.disabled_reason is null,
       disabled_reason = coalesce(b.disabled_reason, e.disabled_reason)
     from before b where e.id = b.id
     returning e.id, e.organization_id, e.url, b.disabled_reason
   ),
   notified as (${
    insertEventsFrom(`select organization_id, null::text as user_id, 'ENDPOINT_DISABLED' as event,
       id as subject_id, url as name, disabled_reason as detail
     from endpoint where disabled_reason is not null`)
  }),
   problems as (${
    reportProblems(`select organization_id, ${FINGERPRINT} as fingerprint, 'WEBHOOK' as source,
       endpoint.url as origin, null::text as provider, $8 as error_type, $9 as code,
       $13::text as pattern, endpoint.id as affected_id, call.id as subject_id, $10 as message
     from endpoint, call`)
  }),
   unsubscribed as (
     ${unsubscribeEndpoints("select id from endpoint where disabled_reason is not null")}
   )
   select id as "endpointId", organization_id as "organizationId",
     disabled_reason as "disabledReason" from endpoint`,
);

/** An endpoint that was disabled, because its calls fail. */
export interface DisabledEndpoint {
  readonly endpointId: string;
  readonly organizationId: string;
  readonly reason: string;
}

/** An attempt that has ended. */
export interface EndedAttempt {
  readonly call: Pick<DueCall, "id" | "attempt">;
  readonly result: WebhookResult;
}

/** Records attempts that the receiver accepted, in one statement. The circuit of the endpoint closes. */
export async function recordSuccesses(
  { db }: Services,
  { jobId, fence }: EndpointClaim,
  attempts: readonly EndedAttempt[],
): Promise<void> {
  const rows = attempts.map(({ call, result }) => ({
    id: call.id,
    started_at: result.startedAt,
    duration_ms: result.durationMs,
    response_status: result.status,
    response: result.response,
  }));
  await db.run(SUCCESSES, jobId, fence, JSON.stringify(rows));
}

/**
 * Records a failed attempt at a call: its error, the time of the next attempt, and the circuit of the endpoint, which
 * is disabled after three days of failures or a 410 response.
 *
 * @returns the endpoint if it was disabled
 */
export async function recordFailure(
  { db }: Services,
  { jobId, fence }: EndpointClaim,
  { call: { id, attempt }, result: { startedAt, durationMs, status, response } }: EndedAttempt,
  { type, code, message, retryAfterMs }: WebhookError,
): Promise<DisabledEndpoint | null> {
  const waitMs = waitAfter(attempt + 1, retryAfterMs);
  const [row] = await db.run(
    FAILURE,
    jobId,
    fence,
    id,
    startedAt,
    durationMs,
    status,
    response,
    type,
    code,
    message,
    waitMs,
    retryAfterMs,
    errorPattern(message),
  );
  if (!row?.disabledReason) return null;
  const { endpointId, organizationId, disabledReason: reason } = row;
  return { endpointId, organizationId, reason };
}
