import { type Connection, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import { isJobKind } from "../jobs/kinds.ts";
import type { Services } from "../services.ts";
import { issuesOfPayload } from "./create.ts";
import { COLUMNS } from "./find.ts";
import { lockChangeable, type LockedSchedule, lockSchedule } from "./lock.ts";
import { audienceOf, type Schedule } from "./schedule.ts";
import { issuesOfRhythm, nextTick } from "./ticks.ts";

/** Input of `updateSchedule`. Absent or null: as it is. */
export interface UpdateScheduleInput {
  readonly cron?: string | null;
  readonly timezone?: string | null;
  readonly enabled?: boolean | null;
  readonly payload?: Record<string, unknown> | null;
}

const UPDATE = statement<
  [
    id: string,
    cron: string | null,
    intervalMs: number | null,
    timezone: string,
    enabled: boolean,
    payload: string,
    nextAt: Date | null,
  ],
  Schedule
>(
  "schedules.update",
  `update schedules set cron = $2, interval_ms = $3, timezone = $4, enabled = $5, payload = $6::jsonb,
     next_at = $7, computed_at = now(), updated_at = clock_timestamp()
   where id = $1 returning ${COLUMNS}`,
);

/**
 * Changes a schedule. Ticks that passed while it was paused are not fired.
 *
 * @throws {ForbiddenError} for a MEMBER, and for a built-in schedule unless the caller is the OPERATOR
 * @throws {NotFoundError}
 * @throws {InvalidInputError} naming each invalid field; for `cron` with the reason of the parser, and for `cron` and
 *   `timezone` of a schedule with an interval
 */
export async function updateSchedule(
  services: Services,
  caller: Caller,
  id: string,
  input: UpdateScheduleInput,
): Promise<Schedule> {
  requireAdmin(caller, "change schedules");
  const updated = await services.db.transaction(async (tx) => {
    const schedule = await lockChangeable(tx, caller, id);
    const issues = issuesOfChange(schedule, input);
    if (issues.length > 0) throw new InvalidInputError(issues);
    const changed = {
      ...schedule,
      cron: input.cron ?? schedule.cron,
      timezone: input.timezone ?? schedule.timezone,
      enabled: input.enabled ?? schedule.enabled,
      payload: input.payload ?? schedule.payload,
    };
    const ticksAnew = input.cron != null || input.timezone != null ||
      (changed.enabled && !schedule.enabled);
    // An edit of the payload must not lose a tick that is due.
    return await save(tx, ticksAnew ? withNextTick(changed) : changed);
  });
  services.bus.publish("schedules", audienceOf(updated), [id]);
  return updated;
}

/**
 * Sets the interval of a schedule, in place of its cron expression if it has one; the first interval begins now. The
 * caller must be allowed to change the schedule.
 *
 * @param intervalMs milliseconds, 1,000 to 86,400,000
 */
export async function setInterval(
  services: Services,
  id: string,
  intervalMs: number,
): Promise<Schedule> {
  const updated = await services.db.transaction(async (tx) => {
    const schedule = await lockSchedule(tx, id);
    return await save(tx, withNextTick({ ...schedule, cron: null, intervalMs }));
  });
  services.bus.publish("schedules", audienceOf(updated), [id]);
  return updated;
}

function withNextTick(schedule: LockedSchedule): LockedSchedule {
  return { ...schedule, nextAt: nextTick(schedule, schedule.now) };
}

async function save(tx: Connection, changed: LockedSchedule): Promise<Schedule> {
  const { id, cron, intervalMs, timezone, enabled, payload, nextAt } = changed;
  const text = JSON.stringify(payload);
  const [schedule] = await tx.run(UPDATE, id, cron, intervalMs, timezone, enabled, text, nextAt);
  if (!schedule) throw new Error("Cannot change the schedule: the locked row was deleted");
  return schedule;
}

function issuesOfChange(schedule: LockedSchedule, input: UpdateScheduleInput): Issue[] {
  const { kind, cron, timezone, now } = schedule;
  const issues: Issue[] = [];
  if (cron === null) {
    for (const field of ["cron", "timezone"] as const) {
      if (input[field] == null) continue;
      const message = `does not apply: ${schedule.name} has an interval; use updateProcessor`;
      issues.push({ path: [field], code: "NOT_APPLICABLE", message });
    }
  } else if (input.cron != null || input.timezone != null) {
    issues.push(...issuesOfRhythm(input.cron ?? cron, input.timezone ?? timezone, now));
  }
  if (input.payload && isJobKind(kind)) issues.push(...issuesOfPayload(kind, input.payload));
  return issues;
}
