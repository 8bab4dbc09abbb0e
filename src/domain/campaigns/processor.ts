import { z } from "zod";
import { type Connection, statement } from "../../db/database.ts";
import { type Caller, requireOperator, SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import { invalid, InvalidInputError } from "../errors.ts";
import { setInterval } from "../schedules/update.ts";
import type { Services } from "../services.ts";
import { issuesOf } from "../validation.ts";
import type { QueuedMails } from "./cycle.ts";

/** Mails of one type that the last cycle queued. */
export interface CycleCount {
  readonly organizationId: string;
  readonly type: string;
  readonly count: number;
}

/** Settings and last result of the cycle. */
export interface CycleState {
  /** Schedule that starts the cycles; null: the installation has not started yet. */
  readonly scheduleId: string | null;
  /** Interval of the cycle in milliseconds. */
  readonly intervalMs: number;
  /** Maximum number of mails per type that are queued before the next type. */
  readonly batchSize: number;
  /** Null: there was none. */
  readonly lastCycleAt: Date | null;
  readonly lastCycle: readonly CycleCount[];
}

const READ = statement<[organizationId: string, intervalMs: number], CycleState>(
  "processor.read",
  `select s.id as "scheduleId", coalesce(s.interval_ms, $2) as "intervalMs",
     batch_size as "batchSize", last_cycle_at as "lastCycleAt", last_cycle as "lastCycle"
   from processor left join schedules s on s.organization_id = $1 and s.name = 'send-due'`,
);

const DEFAULT_INTERVAL_MS = 60_000;

/** Reads the settings and the last result of the cycle. */
export async function readCycle(db: Connection): Promise<CycleState> {
  const [state] = await db.run(READ, SYSTEM_ORGANIZATION_ID, DEFAULT_INTERVAL_MS);
  if (!state) throw new Error("Cannot read the settings of the processor: it has no row");
  return state;
}

/**
 * Counts the mails that the last cycle queued, by type, most first.
 *
 * @param organizationId null for all organizations
 */
export function cycleByType(
  { lastCycle }: Pick<CycleState, "lastCycle">,
  organizationId: string | null,
): { readonly type: string; readonly count: number }[] {
  const own = lastCycle.filter((each) =>
    organizationId === null || each.organizationId === organizationId
  );
  const byType = Map.groupBy(own, ({ type }) => type);
  return [...byType].map(([type, counts]) => ({
    type,
    count: counts.reduce((sum, { count }) => sum + count, 0),
  })).toSorted((a, b) => b.count - a.count);
}

const RECORD = statement<[lastCycle: string]>(
  "processor.record",
  "update processor set last_cycle_at = now(), last_cycle = $1::jsonb",
);

/**
 * Records the mails that a cycle over all organizations has queued.
 *
 * @param queued one per campaign
 */
export async function recordCycle(
  { db, bus }: Services,
  queued: readonly QueuedMails[],
): Promise<void> {
  const byType = Map.groupBy(queued, ({ organizationId, type }) => `${organizationId} ${type}`);
  const counts = [...byType.values()].flatMap(([first, ...others]): CycleCount[] => {
    if (!first) return [];
    const { organizationId, type } = first;
    return [{
      organizationId,
      type,
      count: others.reduce((sum, { count }) => sum + count, first.count),
    }];
  });
  await db.run(RECORD, JSON.stringify(counts));
  for (const { organizationId } of counts) bus.publish("messages", organizationId, null);
}

const inputSchema = z.object({
  intervalMs: z.number().int("is not a whole number").min(1_000, "is below 1,000")
    .max(86_400_000, "is above 86,400,000, which is a day").optional(),
  batchSize: z.number().int("is not a whole number").min(1, "is below 1")
    .max(10_000, "is above 10,000").optional(),
});

/** Input of `updateProcessor`; absent fields keep their value. */
export interface UpdateProcessorInput {
  /** Time from one cycle to the next, in milliseconds: 1,000 to 86,400,000. */
  readonly intervalMs?: number | null;
  /** 1 to 10,000. */
  readonly batchSize?: number | null;
}

const UPDATE = statement<[batchSize: number]>(
  "processor.update",
  "update processor set batch_size = $1",
);

/**
 * Changes the cycle, in all processes and from the next one on.
 *
 * @throws {ForbiddenError} unless the caller is the OPERATOR
 * @throws {InvalidInputError} for values out of range, null, and an update without fields
 */
export async function updateProcessor(
  services: Services,
  caller: Caller,
  input: UpdateProcessorInput,
): Promise<void> {
  requireOperator(caller, "change the processor");
  const fields = inputSchema.safeParse(input);
  if (!fields.success) throw new InvalidInputError(issuesOf(fields));
  const { intervalMs, batchSize } = fields.data;
  if (intervalMs === undefined && batchSize === undefined) {
    throw invalid([], "EMPTY", "must change at least one field");
  }
  const { scheduleId } = await readCycle(services.db);
  if (intervalMs !== undefined && scheduleId !== null) {
    await setInterval(services, scheduleId, intervalMs);
  }
  if (batchSize !== undefined) await services.db.run(UPDATE, batchSize);
}
