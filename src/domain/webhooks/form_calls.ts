import { statement } from "../../db/database.ts";
import { newId } from "../id.ts";
import { deleteEvents, readEvents } from "../outbox/take.ts";
import type { Services } from "../services.ts";
import { type EndpointClaim, OWN_CLAIM } from "./claim.ts";
import { groupEvents } from "./group_events.ts";
import { bodyOf } from "./payload.ts";

const MAX_READ = 1_000;

/**
 * SQL: the earliest time of a call, at or after that of earlier calls with an object in common, so that the first due
 * call never waits for another one.
 *
 * @param endpointId expression of the endpoint
 * @param objects expression of the objects of the call
 * @param before condition on `b`, an earlier call
 */
export function dueAfterEarlier(endpointId: string, objects: string, before = "true"): string {
  return `greatest(now(), (select max(b.next_attempt_at) from webhook_calls b
    where b.endpoint_id = ${endpointId} and b.status = 'PENDING' and b.next_attempt_at > now()
      and b.objects && ${objects} and ${before}))`;
}

const FORM = statement<
  [jobId: string, fence: number, endpointId: string, eventIds: number[], calls: string],
  { id: string }
>(
  "webhooks.formCalls",
  `with ${OWN_CLAIM},
   endpoint as (
     select id, organization_id from webhook_endpoints where id = $3 and exists (select from own)
   ),
   taken as (${deleteEvents("(select id from endpoint)", "$4::bigint[]")})
   insert into webhook_calls (id, organization_id, endpoint_id, event, objects, body, next_attempt_at)
   select c.id, e.organization_id, e.id, c.event, c.objects, c.body,
     ${dueAfterEarlier("e.id", "c.objects")}
   from endpoint e, rows from (
     jsonb_to_recordset($5::jsonb) as (id uuid, event text, objects uuid[], body text)
   ) with ordinality c(id, event, objects, body, position)
   order by c.position
   returning id`,
);

/**
 * Puts the events of an endpoint into calls, unless they wait for others; see `groupEvents`. Each call keeps its id
 * and body from then on, so that a receiver recognizes a repetition.
 *
 * @returns whether events are left in the outbox
 */
export async function formCalls({ db }: Services, claim: EndpointClaim): Promise<boolean> {
  const events = await readEvents(db, claim.endpointId, MAX_READ);
  const groups = groupEvents(events);
  if (groups.length === 0) return events.length > 0;
  const calls = groups.map((group) => ({
    id: newId(),
    event: group[0]?.event,
    objects: [...new Set(group.map(({ objectId }) => objectId))],
    body: bodyOf(group),
  }));
  const ids = groups.flat().map(({ id }) => id);
  await db.run(FORM, claim.jobId, claim.fence, claim.endpointId, ids, JSON.stringify(calls));
  return events.length > ids.length || events.length === MAX_READ;
}
