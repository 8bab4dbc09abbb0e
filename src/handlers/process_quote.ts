import { readOrganization } from "../domain/access/organizations.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { fromTypeId } from "../domain/id.ts";
import { done, jobError, JobFailure } from "../domain/jobs/outcome.ts";
import { activePrompt } from "../domain/prompts/active.ts";
import { estimateOf } from "../domain/quotes/answer.ts";
import { estimateRequest } from "../domain/quotes/estimate_request.ts";
import { prepareMails } from "../domain/quotes/mails.ts";
import {
  beginProcessing,
  failProcessing,
  type ProcessedQuote,
  type ProcessingClaim,
  recordEstimate,
  releaseProcessing,
} from "../domain/quotes/processing.ts";
import type { Estimate } from "../domain/quotes/quote.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";
import { JobAborted } from "../domain/jobs/abort.ts";
import { type ModelCaller, ModelUnavailable } from "../sending/model_caller.ts";
import { withModel } from "./with_model.ts";

const ABORTED = {
  cancelled: { type: "CANCELLED", code: null, message: "The processing was cancelled" },
  stopping: { type: "CANCELLED", code: null, message: "The processing was stopped" },
  timeout: { type: "TIMEOUT", code: null, message: "The processing took longer than 30 minutes" },
} as const;

/**
 * Creates the handler of PROCESS_QUOTE: locks the quote, asks the model for the estimate, and stores it together with
 * its mails. A quote that has an estimate, or is processed by another job, is left as it is.
 */
export function processQuoteHandler(
  services: Services,
  model: ModelCaller,
): JobHandler<JobPayload<"PROCESS_QUOTE">> {
  return withModel(async (run, { quoteId, resend }) => {
    const { job } = run;
    const claim: ProcessingClaim = {
      organizationId: job.organizationId,
      quoteId: fromTypeId("quote", quoteId),
      jobId: job.id,
      fence: job.fence,
    };
    const quote = await beginProcessing(services, claim);
    if (!quote) return done;
    try {
      const made = await askForEstimate(services, model, run, quote);
      const mails = resend || quote.customerDeliveryId === null
        ? await prepareMails(
          services,
          await readOrganization(services, quote.organizationId),
          quote,
          made.estimate,
        )
        : null;
      await recordEstimate(services, claim, { ...made, mails });
    } catch (error) {
      await endProcessing(services, run, claim, error);
      throw error;
    }
    return done;
  });
}

async function askForEstimate(
  services: Services,
  model: ModelCaller,
  { job, signal }: JobRun,
  quote: ProcessedQuote,
): Promise<{ estimate: Estimate; promptId: string }> {
  const { organizationId } = quote;
  const prompt = await activePrompt(services, organizationId, "quote");
  const { value } = await model.call({
    ...await estimateRequest(services, quote, prompt),
    organizationId,
    jobId: job.id,
    subject: { type: "quote", id: quote.id },
    kind: "QUOTE",
    promptId: prompt.id,
  }, { signal });
  return { estimate: estimateOf(value), promptId: prompt.id };
}

/** Fails the quote if no attempt follows; otherwise releases it, so that the next attempt locks it. */
async function endProcessing(
  services: Services,
  { job, signal }: JobRun,
  claim: ProcessingClaim,
  error: unknown,
): Promise<void> {
  const cause = signal.reason instanceof JobAborted ? signal.reason.abortCause : null;
  // The job belongs to another worker.
  if (cause === "lease lost") return;
  const final = error instanceof JobFailure && error.options.retryable === false ||
    cause === "cancelled" || job.attempt >= job.maxAttempts;
  const continues = cause === "stopping" || error instanceof ModelUnavailable;
  if (continues || !final) return await releaseProcessing(services, claim);
  await failProcessing(services, claim, cause === null ? jobError(error) : ABORTED[cause]);
}
