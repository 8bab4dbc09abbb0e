import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { ConflictError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import type { PastInputsByPrompt } from "../prompts/past_inputs.ts";
import type { Services } from "../services.ts";
import { type PreparedTrial, prepareTrial, type TrialInput } from "./estimate.ts";
import { getTrial } from "./find.ts";
import type { PromptTrial } from "./trial.ts";

const INSERT = statement<
  [
    id: string,
    organizationId: string,
    name: string,
    promptId: string,
    jobId: string,
    estimatedCost: string | null,
    userId: string | null,
    subjects: string[],
    contactIds: (string | null)[],
  ]
>(
  "promptTrials.insert",
  `with trial as (
     insert into prompt_trials (id, organization_id, name, prompt_id, job_id, estimated_cost, created_by)
     values ($1, $2, $3, $4, $5, $6, $7)
     returning id, organization_id
   )
   insert into prompt_trial_results (organization_id, trial_id, position, subject, contact_id)
   select t.organization_id, t.id, s.position, s.subject, s.contact_id
   from trial t, unnest($8::text[], $9::uuid[]) with ordinality as s(subject, contact_id, position)`,
);

/**
 * Starts a job that answers the newest past inputs with a version of a prompt, to compare the answers with the
 * stored ones. One trial of a prompt runs at a time.
 *
 * @throws as `prepareTrial`
 * @throws {ConflictError} ALREADY_RUNNING if a trial of the prompt runs
 */
export async function startPromptTrial(
  services: Services,
  caller: Caller,
  input: TrialInput,
  sources?: PastInputsByPrompt,
): Promise<PromptTrial> {
  const prepared = await prepareTrial(services, caller, input, sources);
  const [id, jobId] = [newId(), newId()];
  await services.db.transaction((tx) => insert(tx, caller, prepared, id, jobId));
  wakeWorkers(services, [JOB_KINDS.TRY_PROMPT.lane]);
  services.bus.publish("jobs", caller.organizationId, [jobId]);
  return await getTrial(services, caller, id);
}

async function insert(
  tx: Connection,
  { organizationId, userId }: Caller,
  { prompt, inputs, samples, cost }: PreparedTrial,
  id: string,
  jobId: string,
): Promise<void> {
  const [enqueued] = await enqueueJobs(tx, [{
    id: jobId,
    organizationId,
    userId,
    kind: "TRY_PROMPT",
    payload: { trialId: id },
    subject: toTypeId("promptTrial", id),
    uniqueKey: `try prompt ${prompt.name}`,
  }]);
  if (!enqueued) {
    const reason = `Cannot try the prompt ${prompt.name}: a trial of it is running`;
    throw new ConflictError("ALREADY_RUNNING", reason);
  }
  await tx.run(
    INSERT,
    id,
    organizationId,
    prompt.name,
    prompt.id,
    jobId,
    cost?.amount ?? null,
    userId,
    samples.map((sample) => toTypeId(inputs.noun, sample.id)),
    samples.map(({ contactId }) => contactId),
  );
}
