import { statement } from "../../db/database.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import type { Services } from "../services.ts";
import { COLUMNS } from "./find.ts";
import type { Message } from "./message.ts";
import { planJob } from "./plan.ts";

const DUE = statement<[organizationId: string | null, limit: number], Message>(
  "messages.due",
  `select ${COLUMNS} from messages
   where status = 'SCHEDULED' and send_at <= now() and campaign_id is null and ($1::uuid is null or organization_id = $1)
   order by send_at limit $2`,
);

const LIMIT = 1_000;

/**
 * Enqueues the planning job of each scheduled message that is due and has no such job, because the one
 * that `sendMessage` enqueued was cancelled or has failed.
 *
 * @param organizationId null for all organizations
 * @returns the number of enqueued jobs
 */
export async function startDueMessages(
  services: Services,
  organizationId: string | null,
): Promise<number> {
  const due = await services.db.run(DUE, organizationId, LIMIT);
  const started = await enqueueJobs(services.db, due.map((message) => planJob(message)));
  if (started.length > 0) wakeWorkers(services, due.map(({ lane }) => lane));
  return started.length;
}
