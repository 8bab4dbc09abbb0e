import type { DatabaseState } from "./database_state.ts";

/** Copy of the witness that a process keeps outside of the database. */
export interface WitnessCopy {
  /** Id of the installation at that time. */
  readonly id: string;
  readonly number: number;
  readonly at: Date;
}

/**
 * Pure: finds out whether a database was restored from a backup.
 *
 * @param copy newest known copy of the witness; null: none, or of another installation
 * @param continued whether this process has used the database within the last seconds
 * @returns the reason for people; null if nothing shows a restore
 */
export function findRestore(
  state: DatabaseState,
  copy: WitnessCopy | null,
  continued: boolean,
): string | null {
  const cause = causeOf(state, copy, continued);
  if (cause === null) return null;
  const lost = copy && copy.number > state.witness
    ? `, but the installation was in use until ${format(copy.at)}`
    : "";
  return `${cause}. The database has the state of ${format(state.witnessAt)}${lost}`;
}

function causeOf(
  { witness, recorded, actual }: DatabaseState,
  copy: WitnessCopy | null,
  continued: boolean,
): string | null {
  if (differs(recorded.systemIdentifier, actual.systemIdentifier)) {
    return "The database is in another PostgreSQL cluster: its system identifier is " +
      `${actual.systemIdentifier}, and was ${recorded.systemIdentifier}`;
  }
  if (differs(recorded.databaseOid, actual.databaseOid)) {
    return `The database is a copy: its oid is ${actual.databaseOid}, and was ${recorded.databaseOid}`;
  }
  if (differs(recorded.tableOid, actual.tableOid)) {
    return "The tables were restored from a dump: the oid of the table installation is " +
      `${actual.tableOid}, and was ${recorded.tableOid}`;
  }
  if (copy && copy.number > witness) {
    return `The database is older than before: its witness is ${witness}, and was ${copy.number}`;
  }
  // A failover changes the timeline, too. It has lost nothing if the last state that was seen is still there.
  if (!continued && copy?.number !== witness && differs(recorded.timeline, actual.timeline)) {
    return "The database was recovered to a point in time, or a standby was promoted: its timeline " +
      `is ${actual.timeline}, and was ${recorded.timeline}`;
  }
  return null;
}

function differs<Value>(recorded: Value | null, actual: Value | null): boolean {
  return recorded !== null && actual !== null && recorded !== actual;
}

function format(at: Date): string {
  return `${at.toISOString().slice(0, "2026-01-01T00:00:00".length).replace("T", " ")} UTC`;
}
