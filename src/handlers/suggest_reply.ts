import { fallBack } from "../domain/inbox/fall_back.ts";
import { beginWriting, type WritingClaim } from "../domain/inbox/writing.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done } from "../domain/jobs/outcome.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler } from "../queue/handler.ts";

/** Creates the handler of SUGGEST_REPLY: stores the reply of the template. */
export function suggestReplyHandler(services: Services): JobHandler<JobPayload<"SUGGEST_REPLY">> {
  return async ({ job }, { suggestionId }) => {
    const { organizationId, fence } = job;
    const claim: WritingClaim = { organizationId, suggestionId, fence };
    if (await beginWriting(services, claim)) {
      await fallBack(services, claim, "The language model is not asked yet.");
    }
    return done;
  };
}
