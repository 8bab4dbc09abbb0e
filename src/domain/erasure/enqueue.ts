import type { Connection } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { findUnfinishedJob, getJob } from "../jobs/find.ts";
import type { Job, NewJob } from "../jobs/job.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import type { Services } from "../services.ts";

type Fields = "kind" | "payload" | "uniqueKey";
type ErasureJob =
  | Pick<Extract<NewJob, { kind: "ERASE_CONTACT" }>, Fields> & {
    readonly uniqueKey: string;
  }
  | Pick<Extract<NewJob, { kind: "ERASE_USER" }>, Fields> & { readonly uniqueKey: string };

/**
 * Enqueues the job of an erasure, unless an unfinished one has the same unique key.
 *
 * @param begin first part of the erasure, in the transaction that enqueues the job
 * @returns the new or the unfinished job
 */
export async function enqueueErasure(
  services: Services,
  caller: Caller,
  job: ErasureJob,
  begin: (tx: Connection) => Promise<void>,
): Promise<Job> {
  const { organizationId, userId } = caller;
  while (true) {
    const [id] = await services.db.transaction(async (tx) => {
      await begin(tx);
      return await enqueueJobs(tx, [{ ...job, organizationId, userId }]);
    });
    if (id !== undefined) {
      services.bus.publish("jobs", organizationId, [id]);
      wakeWorkers(services, [JOB_KINDS[job.kind].lane]);
      return await getJob(services, caller, id);
    }
    const unfinished = await findUnfinishedJob(services.db, organizationId, job.uniqueKey);
    if (unfinished) return unfinished;
    // The job finished between the two statements, so the key is free again.
  }
}
