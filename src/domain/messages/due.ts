import { statement } from "../../db/database.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import type { Services } from "../services.ts";
import type { Message } from "./message.ts";
import { planJob } from "./plan.ts";
import { COLUMNS } from "./queries.ts";

const DUE = statement<[organizationId: string | null, limit: number], Message>(
  "messages.due",
  `select ${COLUMNS} from messages
   where status = 'SCHEDULED' and send_at <= now() and ($1::uuid is null or organization_id = $1)
   order by send_at limit $2`,
);

const LIMIT = 1_000;

/**
 * Sees to it that every scheduled message whose time has come is planned. Each has a job that waits for
 * its time; this is for those whose job was cancelled or set aside.
 *
 * @param organizationId null: of all organizations
 * @returns how many needed it
 */
export async function startDueMessages(
  services: Services,
  organizationId: string | null,
): Promise<number> {
  const due = await services.db.run(DUE, organizationId, LIMIT);
  const started = await enqueueJobs(services.db, due.map((message) => planJob(message)));
  if (started.length > 0) wakeWorkers(services);
  return started.length;
}
