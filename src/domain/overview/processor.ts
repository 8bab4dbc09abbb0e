import type { Connection } from "../../db/database.ts";
import { cycleByType, readCycle } from "../campaigns/processor.ts";
import { readWorkers } from "../jobs/workers.ts";

/** Cycle that queues the mails of campaigns, as an organization sees it. */
export interface ProcessorStatus {
  /** Whether there is a worker with a valid lease. */
  readonly running: boolean;
  readonly intervalMs: number;
  readonly batchSize: number;
  /** Null: there was none. */
  readonly lastCycleAt: Date | null;
  /** Mails of the organization that the last cycle queued, most first. */
  readonly lastCycleByType: readonly { readonly type: string; readonly count: number }[];
}

/** Reads the state of the cycle, without a check of access. */
export async function readProcessor(
  db: Connection,
  organizationId: string,
): Promise<ProcessorStatus> {
  const [workers, cycle] = await Promise.all([readWorkers(db), readCycle(db)]);
  const lastCycleByType = cycleByType(cycle, organizationId);
  return { ...cycle, running: workers.length > 0, lastCycleByType };
}
