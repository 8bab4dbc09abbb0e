import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { ForbiddenError, NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { COLUMNS } from "./find.ts";
import { mayChange, maySee, type Schedule } from "./schedule.ts";

/** A schedule whose row is locked until the end of the transaction. */
export type LockedSchedule = Schedule & {
  /** Time of the database. */
  readonly now: Date;
};

const LOCK = statement<[id: string], LockedSchedule>(
  "schedules.lock",
  `select ${COLUMNS}, now() from schedules where id = $1 for update`,
);

/**
 * Locks a schedule. The caller must be allowed to change it.
 *
 * @throws {NotFoundError}
 */
export async function lockSchedule(tx: Connection, id: string): Promise<LockedSchedule> {
  const [schedule] = await tx.run(LOCK, id);
  if (!schedule) throw new NotFoundError([toTypeId("schedule", id)]);
  return schedule;
}

/**
 * Locks a schedule that the caller may change.
 *
 * @throws {NotFoundError} also for a schedule that the caller may not see
 * @throws {ForbiddenError} for a built-in schedule, unless the caller is the OPERATOR
 */
export async function lockChangeable(
  tx: Connection,
  caller: Caller,
  id: string,
): Promise<LockedSchedule> {
  const schedule = await lockSchedule(tx, id);
  if (!maySee(caller, schedule)) throw new NotFoundError([toTypeId("schedule", id)]);
  if (!mayChange(caller, schedule)) {
    throw new ForbiddenError("Only the OPERATOR may change a built-in schedule");
  }
  return schedule;
}
