import { type Connection, statement } from "../../db/database.ts";
import { type Caller, requireOperator } from "../access/access.ts";
import { invalid } from "../errors.ts";
import type { Services } from "../services.ts";
import { type Lane, LANES, type LaneSlots, MAX_SLOTS } from "./lane.ts";

/** Settings of a lane that hold in all processes. */
export interface LaneSettings {
  readonly lane: Lane;
  /** Slots of each process that serves the lane; null: those of its WORKER_LANES. */
  readonly slots: number | null;
  /** Null: the lane is not paused. */
  readonly pausedAt: Date | null;
  /** User who paused it, or name of the API key; null: the lane is not paused. */
  readonly pausedBy: string | null;
}

/** Changes of a lane; an absent field stays as it is. */
export interface LaneChanges {
  /** Null: false. */
  readonly paused?: boolean | null;
  /** Null: those of WORKER_LANES. */
  readonly slots?: number | null;
}

const COLUMNS = `lane, slots, paused_at as "pausedAt", paused_by as "pausedBy"`;

const READ = statement<[], LaneSettings>("lanes.read", `select ${COLUMNS} from lanes`);

// A lane that is paused again keeps the person and time of the first pause.
const UPDATE = statement<
  [
    lane: Lane,
    setsSlots: boolean,
    slots: number | null,
    paused: boolean | null,
    userId: string | null,
    keyId: string | null,
  ],
  LaneSettings
>(
  "lanes.update",
  `update lanes set
     slots = case when $2 then $3::smallint else slots end,
     paused_at = case $4::boolean when true then coalesce(paused_at, now()) when false then null
       else paused_at end,
     paused_by = case $4::boolean when true then coalesce(paused_by, $5,
         (select name from api_keys where id = $6::uuid), 'the operator')
       when false then null else paused_by end
   where lane = $1 returning ${COLUMNS}`,
);

/** Reads the settings of all lanes, in the order of `LANES`. */
export async function readLaneSettings(db: Connection): Promise<LaneSettings[]> {
  const byLane = new Map((await db.run(READ)).map((settings) => [settings.lane, settings]));
  return LANES.map((lane) =>
    byLane.get(lane) ?? { lane, slots: null, pausedAt: null, pausedBy: null }
  );
}

/**
 * Computes the slots of a process: those of the settings, else the configured ones, and 0 in a paused lane. A lane
 * that the process does not serve stays absent.
 *
 * @param configured slots by WORKER_LANES
 */
export function effectiveSlots(
  configured: LaneSlots,
  settings: readonly LaneSettings[],
): LaneSlots {
  const byLane = new Map(settings.map((each) => [each.lane, each]));
  return new Map([...configured].map(([lane, slots]) => {
    const { pausedAt = null, slots: replaced = null } = byLane.get(lane) ?? {};
    return [lane, pausedAt ? 0 : replaced ?? slots];
  }));
}

/**
 * Pauses or resumes a lane, or changes its slots, in all processes. Jobs that run are not interrupted.
 *
 * @throws {ForbiddenError} unless the caller is the OPERATOR
 * @throws {InvalidInputError} for slots out of range, and for an update without fields
 */
export async function updateLane(
  { db, bus }: Services,
  caller: Caller,
  lane: Lane,
  { paused, slots }: LaneChanges,
): Promise<LaneSettings> {
  requireOperator(caller, "change a lane");
  if (paused === undefined && slots === undefined) {
    throw invalid([], "EMPTY", "must change at least one field");
  }
  if (typeof slots === "number" && (slots < 1 || slots > MAX_SLOTS)) {
    const message = `must be from 1 to ${MAX_SLOTS}; to stop the lane, set paused`;
    throw invalid(["slots"], "OUT_OF_RANGE", message);
  }
  const [settings] = await db.run(
    UPDATE,
    lane,
    slots !== undefined,
    slots ?? null,
    paused === undefined ? null : paused ?? false,
    caller.userId,
    caller.keyId,
  );
  if (!settings) throw new Error(`Lane ${lane} is missing in the table lanes`);
  bus.publish("lanes", "*", [lane]);
  return settings;
}
