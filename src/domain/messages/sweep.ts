import { statement } from "../../db/database.ts";
import { closeAbandonedBatches } from "../deliveries/abandoned.ts";
import type { Services } from "../services.ts";
import { finishMessage } from "./finish.ts";
import { notifyOfPauses } from "./notify.ts";
import { appendMessageEvents } from "./outbox_events.ts";
import { continueRecovered } from "./recover.ts";

const FIND_DONE = statement<[limit: number], { id: string; organizationId: string }>(
  "messages.findManyDone",
  `select id, organization_id as "organizationId" from messages m
   where status = 'SENDING' and not open and planned_count = recipient_count
     and not exists (select from batches where message_id = m.id and finished_at is null)
   limit $1`,
);

const PAUSE_STALLED = statement<[reason: string, code: string], {
  id: string;
  organizationId: string;
}>(
  "messages.pauseStalled",
  `with paused as (
     update messages m set status = 'PAUSED', paused_at = now(), pause_reason = $1, pause_code = $2,
       updated_at = now()
     where status = 'PLANNING' and not exists (
       select from jobs where organization_id = m.organization_id and unique_key = 'plan ' || m.id
         and status in ('QUEUED', 'SCHEDULED', 'PROCESSING'))
     returning m.*
   ),
   notified as (${notifyOfPauses("select * from paused")}),
   events as (${appendMessageEvents("MESSAGE_PAUSED", "select * from paused")})
   select id, organization_id as "organizationId" from paused`,
);

const LIMIT = 1_000;

/**
 * Repairs messages that have lost their jobs, in all organizations. Closes the batches whose job failed or
 * was cancelled, finishes messages without unfinished batches, and pauses messages whose planning job
 * failed or was cancelled, until a person resumes them. Continues what waits for providers that have
 * recovered, if the process that noticed it has ended.
 */
export async function sweepMessages(services: Services): Promise<void> {
  const { db, bus } = services;
  await continueRecovered(services);
  await closeAbandonedBatches(services);
  for (const message of await db.run(FIND_DONE, LIMIT)) await finishMessage(services, message);
  const reason = "Planning failed or was cancelled; resume the message to continue";
  const stalled = await db.run(PAUSE_STALLED, reason, "PLANNING_STOPPED");
  for (const { organizationId, id } of stalled) bus.publish("messages", organizationId, [id]);
}
