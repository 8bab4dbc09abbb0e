import { setTimeout as wait } from "node:timers/promises";
import { backoffMs, jobError, JobFailure } from "../domain/jobs/outcome.ts";
import { lessonRequest, type TeachingEmail } from "../domain/learning/lesson_request.ts";
import { type Lessons, lessonsOf } from "../domain/learning/lessons.ts";
import type { BatchResult } from "../domain/learning/save.ts";
import type { BegunRun } from "../domain/learning/turn.ts";
import type { ModelCaller } from "../sending/model_caller.ts";

/** Access of one attempt at a run to the model. */
export interface Teacher {
  readonly model: ModelCaller;
  readonly instructions: string;
  readonly run: BegunRun;
  readonly jobId: string;
  readonly signal: AbortSignal;
}

type Learned = Pick<BatchResult, "lessons" | "failures" | "costMicros">;

const MAX_TRIES = 3;
const NOTHING: Learned = { lessons: [], failures: [], costMicros: 0n };
/** Failures that may be specific to the mails of the batch. All others end the attempt. */
const FAILURES_OF_MAILS = ["INVALID_ANSWER", "OTHER", "NETWORK", "RATE_LIMIT"];

/**
 * Asks the model about a batch of mails. A request with a temporary error is tried up to three times; after any other error the
 * mails are sent one by one, so that one mail does not fail the others.
 *
 * @throws {ModelUnavailable} if the model cannot be asked now
 * @throws {JobFailure} for an error that is not about the mails
 */
export async function learnBatch(
  teacher: Teacher,
  emails: readonly TeachingEmail[],
): Promise<Learned> {
  if (emails.length === 0) return NOTHING;
  try {
    return await askPatiently(teacher, emails);
  } catch (error) {
    if (!(error instanceof JobFailure) || !FAILURES_OF_MAILS.includes(error.type)) throw error;
    if (error.options.retryable === false && emails.length > 1) {
      return await learnOneByOne(teacher, emails);
    }
    return {
      ...NOTHING,
      failures: emails.map(({ id }) => ({ emailId: id, error: jobError(error) })),
    };
  }
}

async function learnOneByOne(
  teacher: Teacher,
  emails: readonly TeachingEmail[],
): Promise<Learned> {
  let all = NOTHING;
  for (const email of emails) {
    const { lessons, failures, costMicros } = await learnBatch(teacher, [email]);
    all = {
      lessons: [...all.lessons, ...lessons],
      failures: [...all.failures, ...failures],
      costMicros: all.costMicros === null || costMicros === null
        ? null
        : all.costMicros + costMicros,
    };
  }
  return all;
}

async function askPatiently(
  teacher: Teacher,
  emails: readonly TeachingEmail[],
): Promise<Learned> {
  for (let tries = 1;; tries++) {
    try {
      const { lessons, costMicros } = await ask(teacher, emails);
      return { lessons: [lessons], failures: [], costMicros };
    } catch (error) {
      if (!(error instanceof JobFailure) || error.options.retryable === false) throw error;
      if (tries === MAX_TRIES) throw error;
      await wait(backoffMs(tries, error.options.retryAfterMs), null, { signal: teacher.signal });
    }
  }
}

async function ask(
  { model, instructions, run, jobId, signal }: Teacher,
  emails: readonly TeachingEmail[],
): Promise<{ lessons: Lessons; costMicros: bigint | null }> {
  const { value, costMicros } = await model.call({
    ...lessonRequest(instructions, emails),
    organizationId: run.organizationId,
    jobId,
    subject: { type: "learningRun", id: run.id },
    kind: "LEARNING",
    promptId: run.promptId,
  }, { signal });
  return { lessons: lessonsOf(value, emails), costMicros };
}
