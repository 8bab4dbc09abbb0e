import { getLogger } from "@logtape/logtape";
import { readOrganization } from "../domain/access/organizations.ts";
import { toTypeId } from "../domain/id.ts";
import { fallBack } from "../domain/inbox/fall_back.ts";
import { reasonOf } from "../domain/inbox/fallback_reason.ts";
import { recordReply } from "../domain/inbox/record.ts";
import { replyOf } from "../domain/inbox/reply_answer.ts";
import { replyRequest } from "../domain/inbox/reply_request.ts";
import type { Suggestion } from "../domain/inbox/suggestion.ts";
import { TextWriter } from "../domain/inbox/text_writer.ts";
import { beginWriting, releaseWriting, type WritingClaim } from "../domain/inbox/writing.ts";
import { JobAborted } from "../domain/jobs/abort.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done, JobFailure } from "../domain/jobs/outcome.ts";
import { activePrompt } from "../domain/prompts/active.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";
import { type ModelCaller, ModelUnavailable } from "../sending/model_caller.ts";
import { withModel } from "./with_model.ts";

const log = getLogger(["waybill", "inbox"]);

/**
 * Creates the handler of SUGGEST_REPLY: asks the model for a reply, stores the partial text while it arrives, and
 * finally the complete suggestion. If the last attempt fails, the suggestion gets the text of a template. Nothing is
 * sent.
 */
export function suggestReplyHandler(
  services: Services,
  model: ModelCaller,
): JobHandler<JobPayload<"SUGGEST_REPLY">> {
  return withModel(async (run, { suggestionId }) => {
    const { organizationId, fence } = run.job;
    const claim: WritingClaim = { organizationId, suggestionId, fence };
    const suggestion = await beginWriting(services, claim);
    if (!suggestion) return done;
    log.info("Suggestion {suggestionId} started, attempt {attempt}", {
      suggestionId: toTypeId("suggestion", suggestionId),
      attempt: run.job.attempt,
    });
    try {
      await write(services, model, run, claim, suggestion);
    } catch (error) {
      await endWriting(services, run, claim, error);
      throw error;
    }
    return done;
  });
}

async function write(
  services: Services,
  model: ModelCaller,
  { job, signal }: JobRun,
  claim: WritingClaim,
  suggestion: Suggestion,
): Promise<void> {
  const { organizationId } = claim;
  const { minSuggestionConfidence } = await readOrganization(services, organizationId);
  const prompt = await activePrompt(services, organizationId, "reply");
  const request = await replyRequest(services, suggestion, prompt);
  if (!request) return await fallBack(services, claim, "The mail was deleted.");
  const { sources, ...question } = request;
  const lost = new AbortController();
  const writer = new TextWriter(services, claim, minSuggestionConfidence, () => lost.abort());
  try {
    const { value, callId, model: name, usage, costMicros } = await model.call({
      ...question,
      organizationId,
      jobId: job.id,
      subject: { type: "suggestion", id: suggestion.id },
      kind: "REPLY",
      promptId: prompt.id,
    }, {
      signal: AbortSignal.any([signal, lost.signal]),
      onText: (answer) => writer.add(answer),
    });
    await writer.end();
    await recordReply(services, claim, {
      ...replyOf(value),
      model: name,
      usage,
      costMicros,
      sources: [...new Set(value.sources)].flatMap((number) => sources[number - 1] ?? []),
      aiCallId: callId,
      promptId: prompt.id,
    }, minSuggestionConfidence);
  } catch (error) {
    await writer.end();
    // No work is left: the thread was answered, the text edited, or a newer suggestion requested.
    if (!lost.signal.aborted || signal.aborted) throw error;
  }
}

/** Stores the text of the template if no attempt follows; otherwise sets the suggestion back to WAITING. */
async function endWriting(
  services: Services,
  { job, signal }: JobRun,
  claim: WritingClaim,
  error: unknown,
): Promise<void> {
  const cause = signal.reason instanceof JobAborted ? signal.reason.abortCause : null;
  // The job belongs to another worker.
  if (cause === "lease lost") return;
  const continues = cause === "stopping" || error instanceof ModelUnavailable;
  const final = error instanceof JobFailure && error.options.retryable === false ||
    cause === "cancelled" || job.attempt >= job.maxAttempts;
  if (continues || !final) return await releaseWriting(services, claim);
  await fallBack(services, claim, reasonOf(cause ?? error, job.attempt));
}
