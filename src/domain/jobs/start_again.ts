import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { ConflictError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { insertJobs, wakeWorkers } from "./enqueue.ts";
import { getJob } from "./find.ts";
import type { Job } from "./job.ts";
import { toastStart } from "./notify.ts";
import { isJobKind, JOB_KINDS } from "./kinds.ts";
import { checkStart, type StartJobInput } from "./start.ts";

const NOTE_ORIGIN = statement<[id: string, startedFrom: string]>(
  "jobs.noteOrigin",
  "update jobs set started_from = $2 where id = $1",
);

/** Input of `startJobAgain`. Absent or null: as the job has it; `runAt`: now. */
export type StartJobAgainInput = {
  readonly [Field in "payload" | "priority" | "runAt"]?: StartJobInput[Field] | null;
};

/**
 * Starts a new job of the same kind as another one, which it notes as its origin. The new job has no unique
 * key. The other one may be in any state and does not change.
 *
 * @param input changes of the new job
 * @throws {NotFoundError}
 * @throws {ConflictError} NOT_STARTABLE for a job of another kind
 * @throws {InvalidInputError} for a payload that the schema of the kind refuses
 */
export async function startJobAgain(
  services: Services,
  caller: Caller,
  id: string,
  input: StartJobAgainInput,
): Promise<Job> {
  const origin = await getJob(services, caller, id);
  const { organizationId, kind, lane, maxAttempts, subject } = origin;
  if (!isJobKind(kind) || !JOB_KINDS[kind].startable) {
    throw new ConflictError(
      "NOT_STARTABLE",
      `Cannot start job ${toTypeId("job", id)} again: kind ${kind} is not startable; use retryJob`,
    );
  }
  const fields = {
    kind,
    payload: input.payload ?? origin.payload,
    priority: input.priority ?? origin.priority,
    runAt: input.runAt ?? null,
  };
  checkStart(fields);
  const { userId } = caller;
  const job = { ...fields, organizationId, userId, lane, maxAttempts, subject };
  const newId = await services.db.transaction(async (tx) => {
    const [newId = ""] = await insertJobs(tx, [job]);
    await tx.run(NOTE_ORIGIN, newId, id);
    return newId;
  });
  wakeWorkers(services, [lane]);
  services.bus.publish("jobs", organizationId, [newId]);
  if (!fields.runAt) toastStart(services, caller, kind, newId);
  return await getJob(services, caller, newId);
}
