import { statement } from "../../db/database.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import type { Services } from "../services.ts";

const LIMIT = 1_000;
// A slot runs ten endpoints, because a job waits for receivers most of the time.
const SIZE = 10;

const WITH_WORK = statement<[limit: number], { id: string; organizationId: string }>(
  "webhooks.withWork",
  `select e.id, e.organization_id as "organizationId" from webhook_endpoints e
   where e.enabled and (e.state = 'CLOSED' or e.retry_at <= now())
     and (exists (select from outbox where endpoint_id = e.id)
       or exists (select from webhook_calls
         where endpoint_id = e.id and status = 'PENDING' and next_attempt_at <= now()))
     and not exists (select from jobs
       where organization_id = e.organization_id and unique_key = 'webhooks ' || e.id
         and status in ('QUEUED', 'SCHEDULED', 'PROCESSING'))
   limit $1`,
);

/**
 * Enqueues a job for each endpoint of all organizations that has events or due calls, unless its circuit is open. The
 * unique key of the job lets one worker at a time deliver the events of an endpoint, so that they stay in order.
 */
export async function sweepOutbox(services: Services): Promise<void> {
  const endpoints = await services.db.run(WITH_WORK, LIMIT);
  const jobs = await enqueueJobs(
    services.db,
    endpoints.map(({ id, organizationId }) => ({
      organizationId,
      userId: null,
      kind: "DELIVER_EVENTS",
      uniqueKey: `webhooks ${id}`,
      size: SIZE,
      payload: { endpointId: id },
    })),
  );
  if (jobs.length > 0) wakeWorkers(services, [JOB_KINDS.DELIVER_EVENTS.lane]);
}
