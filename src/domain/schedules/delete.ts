import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { ForbiddenError } from "../errors.ts";
import type { Services } from "../services.ts";
import { lockChangeable } from "./lock.ts";
import { audienceOf, isBuiltIn } from "./schedule.ts";

const DELETE = statement<[id: string]>("schedules.delete", "delete from schedules where id = $1");

/**
 * Deletes a schedule with its history. Jobs that it has started continue.
 *
 * @throws {ForbiddenError} for a MEMBER, and for a built-in schedule
 * @throws {NotFoundError}
 */
export async function deleteSchedule(
  services: Services,
  caller: Caller,
  id: string,
): Promise<void> {
  requireAdmin(caller, "delete schedules");
  const deleted = await services.db.transaction(async (tx) => {
    const schedule = await lockChangeable(tx, caller, id);
    if (isBuiltIn(schedule)) {
      throw new ForbiddenError(`Cannot delete the built-in schedule ${schedule.name}; pause it`);
    }
    await tx.run(DELETE, id);
    return schedule;
  });
  services.bus.publish("schedules", audienceOf(deleted), [id]);
}
