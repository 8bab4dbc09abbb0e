import { parseTypeId } from "../domain/id.ts";
import type { JobError } from "../domain/jobs/job.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done, jobError, JobFailure, type Outcome, snooze } from "../domain/jobs/outcome.ts";
import { getPrompt } from "../domain/prompts/find.ts";
import type { PastInputsByPrompt, RepeatedRequest } from "../domain/prompts/past_inputs.ts";
import { trialsById } from "../domain/prompt_trials/find.ts";
import { PAST_INPUTS } from "../domain/prompt_trials/past_inputs.ts";
import {
  dropResult,
  findOpenResults,
  finishTrial,
  type OpenResult,
  recordResult,
} from "../domain/prompt_trials/record.ts";
import type { PromptTrial } from "../domain/prompt_trials/trial.ts";
import type { PromptVersion } from "../domain/prompts/prompt.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";
import type { ModelCall, ModelCaller } from "../sending/model_caller.ts";
import { withModel } from "./with_model.ts";

// Maximum duration of a run, so that quotes get the worker slot.
const MAX_RUN_MS = 5 * 60_000;
/** Failures that may be specific to the input. All others end the attempt. */
const FAILURES_OF_INPUT = ["INVALID_ANSWER", "OTHER"];

/**
 * Creates the handler of TRY_PROMPT: answers the past inputs of a trial one after the other, and stores each answer
 * beside the earlier one. It sends nothing and changes no other object. A further attempt continues where the
 * previous one ended.
 */
export function tryPromptHandler(
  services: Services,
  modelCaller: ModelCaller,
  sources: PastInputsByPrompt = PAST_INPUTS,
): JobHandler<JobPayload<"TRY_PROMPT">> {
  return withModel((run, { trialId }) =>
    tryPrompt({ services, modelCaller, sources, run }, trialId)
  );
}

interface Trying {
  readonly services: Services;
  readonly modelCaller: ModelCaller;
  readonly sources: PastInputsByPrompt;
  readonly run: JobRun;
}

async function tryPrompt(trying: Trying, trialId: string): Promise<Outcome> {
  const { services, run } = trying;
  const [trial] = await trialsById(services, run.job, [trialId]);
  if (!trial) return done;
  const prompt = await getPrompt(services, run.job, trial.promptId);
  const endAt = performance.now() + MAX_RUN_MS;
  reportProgress(run, trial);
  for (const result of await findOpenResults(services, trial)) {
    if (performance.now() >= endAt) return snooze(0);
    run.signal.throwIfAborted();
    await answer(trying, trial, prompt, result);
    const [now] = await trialsById(services, run.job, [trialId]);
    reportProgress(run, now ?? trial);
  }
  await finishTrial(services, trial);
  return done;
}

async function answer(
  { services, modelCaller, sources, run }: Trying,
  trial: PromptTrial,
  prompt: PromptVersion,
  { position, subject }: OpenResult,
): Promise<void> {
  const { organizationId, id: jobId } = run.job;
  const object = parseTypeId(subject);
  const request = object &&
    await sources[prompt.name]?.repeat(services, organizationId, object.id, prompt);
  if (!request) return await dropResult(services, trial, position);
  const { before, ...question } = request;
  const after = await ask(modelCaller, run, {
    ...question,
    organizationId,
    jobId,
    subject: { type: object.noun, id: object.id },
    kind: "PROMPT_TRIAL",
    promptId: prompt.id,
  });
  await recordResult(services, trial, position, before, after);
}

/** Asks the model; returns its answer as text, or a failure that is specific to the input. */
async function ask<Answer>(
  modelCaller: ModelCaller,
  { signal }: JobRun,
  { format, ...call }: ModelCall<Answer> & Pick<RepeatedRequest<Answer>, "format">,
): Promise<string | JobError> {
  try {
    const { value } = await modelCaller.call(call, { signal });
    return format(value);
  } catch (error) {
    if (!(error instanceof JobFailure) || !FAILURES_OF_INPUT.includes(error.type)) throw error;
    return jobError(error);
  }
}

function reportProgress({ report }: JobRun, trial: PromptTrial): void {
  const { sampleCount: total, finishedCount: processed, failedCount: failed } = trial;
  report({ total, processed, succeeded: processed - failed, failed, skipped: 0 });
}
