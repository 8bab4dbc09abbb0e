import { findEditedReply, recordReview, reviewRequest } from "../domain/inbox/review.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done, JobFailure } from "../domain/jobs/outcome.ts";
import { activePrompt } from "../domain/prompts/active.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler } from "../queue/handler.ts";
import type { ModelCaller } from "../sending/model_caller.ts";
import { withModel } from "./with_model.ts";

/**
 * Creates the handler of REVIEW_EDIT: asks the model for the shortcomings of an edited suggestion, and for facts that
 * follow from the edit. Without a model there is no review.
 */
export function reviewEditHandler(
  services: Services,
  model: ModelCaller,
): JobHandler<JobPayload<"REVIEW_EDIT">> {
  return withModel(async ({ job: { id: jobId, organizationId }, signal }, { suggestionId }) => {
    const reply = await findEditedReply(services, organizationId, suggestionId);
    if (!reply) return done;
    const prompt = await activePrompt(services, organizationId, "review");
    try {
      const { value } = await model.call({
        ...await reviewRequest(services, reply, prompt),
        organizationId,
        jobId,
        subject: { type: "suggestion", id: suggestionId },
        kind: "REVIEW",
        promptId: prompt.id,
      }, { signal });
      await recordReview(services, reply, value);
    } catch (error) {
      const unconfigured = error instanceof JobFailure && error.type === "MODEL_NOT_CONFIGURED";
      if (!unconfigured) throw error;
    }
    return done;
  });
}
