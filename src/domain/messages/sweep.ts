import { statement } from "../../db/database.ts";
import { closeAbandonedBatches } from "../deliveries/abandoned.ts";
import type { Services } from "../services.ts";
import { finishMessage } from "./flow.ts";

const DONE = statement<[limit: number], { id: string; organizationId: string }>(
  "messages.done",
  `select id, organization_id as "organizationId" from messages m
   where status = 'SENDING' and planned_count = recipient_count
     and not exists (select from batches where message_id = m.id and finished_at is null)
   limit $1`,
);

const PAUSE_STALLED = statement<[reason: string, code: string], {
  id: string;
  organizationId: string;
}>(
  "messages.pauseStalled",
  `update messages m set status = 'PAUSED', paused_at = now(), pause_reason = $1, pause_code = $2,
     updated_at = now()
   where status = 'PLANNING' and not exists (
     select from jobs where organization_id = m.organization_id and unique_key = 'plan ' || m.id
       and status in ('QUEUED', 'SCHEDULED', 'PROCESSING'))
   returning id, organization_id as "organizationId"`,
);

const LIMIT = 1_000;

/**
 * Looks after the messages of all organizations that nobody works on any more, so that none hangs:
 * ends the batches whose job was set aside or cancelled, ends the messages that have no batch left,
 * and pauses those whose planning was set aside or cancelled, for a person to resume.
 */
export async function sweepMessages(services: Services): Promise<void> {
  const { db, bus } = services;
  await closeAbandonedBatches(services);
  for (const message of await db.run(DONE, LIMIT)) await finishMessage(services, message);
  const reason = "Planning has failed or was cancelled; resuming goes on with it";
  const stalled = await db.run(PAUSE_STALLED, reason, "PLANNING_STOPPED");
  for (const { organizationId, id } of stalled) bus.publish("messages", organizationId, [id]);
}
