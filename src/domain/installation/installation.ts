import { type Caller, requireOperator, SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import { cycleByType, readCycle } from "../campaigns/processor.ts";
import { type LaneSettings, readLaneSettings } from "../jobs/lane_settings.ts";
import { readWorkers, type WorkerState } from "../jobs/workers.ts";
import type { Provider } from "../providers/provider.ts";
import { findProviders } from "../providers/find.ts";
import { type Hold, readHold } from "./hold.ts";
import type { Services, Settings } from "../services.ts";

/** Id of the only installation on a database. */
export const INSTALLATION_ID = SYSTEM_ORGANIZATION_ID;

/** The workers that process the jobs of all organizations. */
export interface Processor {
  readonly workers: readonly WorkerState[];
  /** Time from one cycle of campaigns to the next, in milliseconds. */
  readonly intervalMs: number;
  /** Number of mails per type that a cycle queues before it is the turn of the next type. */
  readonly batchSize: number;
  readonly lastCycleAt: Date | null;
  readonly lastCycleByType: readonly { readonly type: string; readonly count: number }[];
}

/** The processes, settings and providers that share one database. */
export interface Installation extends Settings {
  readonly processor: Processor;
  /** Every lane once. */
  readonly lanes: readonly LaneSettings[];
  /** Providers in order of preference, channel by channel. */
  readonly providers: readonly Provider[];
  /** Null: not on hold. */
  readonly hold: Hold | null;
}

const NO_SETTINGS = { version: "", providerIds: [], mailCaptured: false, variables: [] };

/**
 * Reads the state of the installation.
 *
 * @throws {ForbiddenError} unless the caller is the OPERATOR
 */
export async function readInstallation(
  { db, settings = NO_SETTINGS }: Services,
  caller: Caller,
): Promise<Installation> {
  requireOperator(caller, "see the installation");
  const [hold, workers, lanes, cycle, found] = await Promise.all([
    readHold(db),
    readWorkers(db),
    readLaneSettings(db),
    readCycle(db),
    findProviders(db, settings.providerIds),
  ]);
  const byId = new Map(found.map((provider) => [provider.id, provider]));
  return {
    ...settings,
    hold,
    lanes,
    providers: settings.providerIds.flatMap((id) => byId.get(id) ?? []),
    processor: { ...cycle, workers, lastCycleByType: cycleByType(cycle, null) },
  };
}
