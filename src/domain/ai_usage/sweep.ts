import { getLogger } from "@logtape/logtape";
import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { settleCall } from "./settle.ts";

const LIMIT = 1_000;
// Longer than any attempt of a job, so the process of such a call has died.
const MAX_CALL = "interval '2 hours'";

const log = getLogger(["waybill", "ai"]);

const STALE = statement<[limit: number], { id: string }>(
  "aiCalls.stale",
  `select id from ai_calls where not counted and outcome is null and started_at < now() - ${MAX_CALL}
   limit $1`,
);

/**
 * Ends the calls whose process died before it settled them: their outcome is UNKNOWN, and the upper bounds of their
 * costs stay in the budget. Call it about once a minute; any number of processes may do so.
 */
export async function sweepCalls(services: Services): Promise<void> {
  const stale = await services.db.run(STALE, LIMIT);
  for (const { id } of stale) {
    log.warn("Call {callId} of the model was never settled; its outcome is UNKNOWN", {
      callId: id,
    });
    await settleCall(services, id, {
      outcome: "UNKNOWN",
      usage: null,
      firstTokenMs: null,
      durationMs: null,
      error: null,
    });
  }
}
