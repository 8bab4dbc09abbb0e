import { done } from "../domain/jobs/outcome.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { startDueMessages } from "../domain/messages/due.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler } from "../queue/handler.ts";
import { scopeOf } from "./scope.ts";

/** Creates the handler of SEND_DUE: starts scheduled messages that are due. */
export function sendDueHandler(services: Services): JobHandler<JobPayload<"SEND_DUE">> {
  return async ({ job }) => {
    await startDueMessages(services, scopeOf(job));
    return done;
  };
}
