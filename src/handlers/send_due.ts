import { done } from "../domain/jobs/outcome.ts";
import { jobKind } from "../domain/jobs/kinds.ts";
import { startDueMessages } from "../domain/messages/due.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler } from "../queue/handler.ts";
import { scopeOf } from "./scope.ts";

/** SEND_DUE: starts the scheduled messages whose time has come. */
export function sendDueHandler(services: Services): JobHandler {
  return {
    timeoutMs: jobKind("SEND_DUE").timeoutMs,
    async run({ job }) {
      await startDueMessages(services, scopeOf(job));
      return done;
    },
  };
}
