import { type Connection, statement } from "../db/database.ts";

/**
 * Condition as SQL text: the installation is not on hold, and its database is not older than the process has seen it.
 *
 * @param witness SQL of the highest witness number that the process has seen: "$1"
 */
export function mayRun(witness: string): string {
  return `exists (select from installation where held_at is null and witness >= ${witness})`;
}

/** Condition as SQL text: the installation is not on hold. */
export const NOT_HELD = "exists (select from installation where held_at is null)";

const HELD = statement<[], { held: boolean }>(
  "installation.held",
  "select held_at is not null as held from installation",
);

/** Whether the installation is on hold: no job starts and no schedule fires. */
export async function isHeld(db: Connection): Promise<boolean> {
  const [row] = await db.run(HELD);
  return row?.held ?? false;
}
