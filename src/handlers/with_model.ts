import { snooze } from "../domain/jobs/outcome.ts";
import type { JobHandler } from "../queue/handler.ts";
import { ModelUnavailable } from "../sending/model_caller.ts";

/**
 * Wraps a handler that asks the model: while the model is unavailable, the job waits with the reason and uses no
 * attempt.
 */
export function withModel<Payload>(handler: JobHandler<Payload>): JobHandler<Payload> {
  return async (run, payload) => {
    try {
      return await handler(run, payload);
    } catch (error) {
      if (error instanceof ModelUnavailable) return snooze(error.delayMs, error.wait);
      throw error;
    }
  };
}
