import type { JobPayload } from "../domain/jobs/kinds.ts";
import { JobAborted } from "../domain/jobs/abort.ts";
import { done, type Outcome, snooze } from "../domain/jobs/outcome.ts";
import { readLaneSettings } from "../domain/jobs/lane_settings.ts";
import { type Batch, readBatches, Watermark } from "../domain/learning/batches.ts";
import { type LearningRun, processedOf } from "../domain/learning/learning_run.ts";
import { lessonInstructions, loadEmails } from "../domain/learning/lesson_request.ts";
import { finishRun, saveBatch } from "../domain/learning/save.ts";
import { beginRun, type BegunRun, type LearningClaim } from "../domain/learning/turn.ts";
import { activePrompt } from "../domain/prompts/active.ts";
import { getPrompt } from "../domain/prompts/find.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";
import type { ModelCaller } from "../sending/model_caller.ts";
import { learnBatch, type Teacher } from "./learn_batch.ts";
import { withModel } from "./with_model.ts";

/** Number of batches that the model is asked about at the same time. */
const CONCURRENCY = 4;
// Maximum duration of a run, so that other jobs get the worker slot.
const MAX_RUN_MS = 10 * 60_000;
const CHECK_LANE_MS = 1_000;
// The end of the earlier run wakes the job, unless its process dies.
const BEHIND_MS = 15_000;

/**
 * Creates the handler of LEARN_EMAILS: asks the model about batches of mails, several at the same time, and saves the
 * lessons of each batch in one transaction. A further attempt continues after the saved batches, so that a crash
 * repeats at most the running calls.
 */
export function learnEmailsHandler(
  services: Services,
  model: ModelCaller,
): JobHandler<JobPayload<"LEARN_EMAILS">> {
  return withModel(async (run, { runId }) => {
    const { id, fence, organizationId } = run.job;
    const claim: LearningClaim = { id, fence, organizationId, runId };
    const active = await activePrompt(services, organizationId, "learning");
    const begun = await beginRun(services, claim, active.id);
    if (begun === "ended") return done;
    if (begun === "wait") return snooze(BEHIND_MS, { reason: "BEHIND", providerId: null });
    try {
      return await learn(services, model, run, claim, begun);
    } catch (error) {
      if (error instanceof ClaimEnded) return done;
      if (isCancelled(run)) await finishRun(services, claim, "CANCELLED");
      throw error;
    }
  });
}

function isCancelled({ signal }: JobRun): boolean {
  return signal.reason instanceof JobAborted && signal.reason.abortCause === "cancelled";
}

async function learn(
  services: Services,
  model: ModelCaller,
  run: JobRun,
  claim: LearningClaim,
  begun: BegunRun,
): Promise<Outcome> {
  const prompt = await getPrompt(services, run.job, begun.promptId);
  const instructions = await lessonInstructions(services, { ...prompt, name: "learning" });
  const teacher = { model, instructions, run: begun, jobId: run.job.id, signal: run.signal };
  const learning = new Learning(services, claim, teacher, run, begun);
  await learning.learnAll();
  if (learning.interrupted) return snooze(0);
  await finishRun(services, claim, "COMPLETED");
  return done;
}

/** The run was deleted, or a later claim has it. */
class ClaimEnded extends Error {
  override readonly name = "ClaimEnded";
}

/** One attempt at a run. */
class Learning {
  /** Whether it stopped before the end of the selection, to be continued. */
  interrupted = false;
  readonly #watermark = new Watermark();
  readonly #endAt = performance.now() + MAX_RUN_MS;
  #laneCheckedAt = performance.now();
  #saved: Promise<unknown> = Promise.resolve();

  constructor(
    readonly services: Services,
    readonly claim: LearningClaim,
    readonly teacher: Teacher,
    readonly run: JobRun,
    readonly begun: BegunRun,
  ) {
    this.#report(begun);
  }

  /** Learns all batches. If the model becomes unavailable, batches in progress are saved before the error is thrown. */
  async learnAll(): Promise<void> {
    const batches = this.#batches();
    const workers = Array.from({ length: CONCURRENCY }, async () => {
      // Ends the generator after an error, so that no further batch begins.
      for await (const batch of batches) await this.#learn(batch);
    });
    const failed = (await Promise.allSettled(workers)).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") throw failed.reason;
  }

  async *#batches(): AsyncGenerator<Batch> {
    for await (const batch of readBatches(this.services.db, this.begun)) {
      this.run.signal.throwIfAborted();
      this.interrupted = performance.now() > this.#endAt || await this.#isLanePaused();
      if (this.interrupted) return;
      yield batch;
    }
  }

  async #isLanePaused(): Promise<boolean> {
    if (performance.now() < this.#laneCheckedAt + CHECK_LANE_MS) return false;
    this.#laneCheckedAt = performance.now();
    const settings = await readLaneSettings(this.services.db);
    return settings.some(({ lane, pausedAt }) => lane === this.run.job.lane && pausedAt !== null);
  }

  async #learn(batch: Batch): Promise<void> {
    const { services, begun, claim, teacher } = this;
    const emails = batch.emailIds.length === 0
      ? []
      : await loadEmails(services, claim.organizationId, batch.emailIds, begun);
    const result = await learnBatch(teacher, emails);
    const skipped = batch.skipped + batch.emailIds.length - emails.length;
    await this.#save({ ...batch, skipped }, result);
  }

  /** Saves the batches one after the other, because each updates the row of the run. */
  #save(batch: Batch, result: Awaited<ReturnType<typeof learnBatch>>): Promise<void> {
    const saving = this.#saved.then(async () => {
      const saved = await saveBatch(this.services, this.claim, {
        ...result,
        ...this.#watermark.add(batch),
      });
      if (!saved) throw new ClaimEnded();
      this.#report(saved);
    });
    this.#saved = saving.catch(() => {});
    return saving;
  }

  #report(run: LearningRun): void {
    const { succeeded, failed, skipped } = run;
    this.run.report({
      total: this.begun.total,
      processed: processedOf(run),
      processedBefore: processedOf(this.begun),
      succeeded,
      failed,
      skipped,
    });
  }
}
