import { type Connection, type Statement, statement } from "../../db/database.ts";
import { isTransient } from "../../db/sqlstate.ts";

/** Identity of a database. Each part changes with some kinds of restores. */
export interface DatabaseIdentity {
  /** Of the PostgreSQL cluster; null: not known. */
  readonly systemIdentifier: string | null;
  /** Null: not recorded yet. */
  readonly databaseOid: number | null;
  /** Of the table `installation`, which a restore from a dump recreates; null: not recorded yet. */
  readonly tableOid: number | null;
  /** Of the WAL; null: not known. */
  readonly timeline: number | null;
}

/** Row of the installation, and the database in which it was found. */
export interface DatabaseState {
  /** Name of the files with the copy of the witness. */
  readonly id: string;
  readonly witness: number;
  /** Time of the last increase of the witness. */
  readonly witnessAt: Date;
  /** Null: not on hold. */
  readonly heldAt: Date | null;
  readonly holdReason: string | null;
  /** As recorded in the row. */
  readonly recorded: DatabaseIdentity;
  /** As PostgreSQL reports it. */
  readonly actual: DatabaseIdentity;
}

interface OptionalPart {
  readonly name: string;
  /** SQL expression without parameters. */
  readonly sql: string;
}

const SYSTEM_IDENTIFIER: OptionalPart = {
  name: "the system identifier",
  sql: "(select system_identifier::text from pg_control_system())",
};

// From the name of the WAL segment, because pg_control_checkpoint() has a new timeline only after a checkpoint.
const TIMELINE: OptionalPart = {
  name: "the timeline",
  sql: "('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int",
};

/** Statement that reads the state of a database. */
export type StateReader = Statement<[], DatabaseState>;

/**
 * Prepares reading the state of a database.
 *
 * @param onRefused called with each part of the identity that PostgreSQL does not allow to read, as managed
 *   services do; it is null then
 */
export async function prepareStateReader(
  db: Connection,
  onRefused: (part: string, error: unknown) => void,
): Promise<StateReader> {
  const readable = async ({ name, sql }: OptionalPart): Promise<string> => {
    try {
      await db.run(statement(`installation.probe ${name}`, `select ${sql}`));
      return sql;
    } catch (error) {
      if (isTransient(error)) throw error;
      onRefused(name, error);
      return "null";
    }
  };
  const systemIdentifier = await readable(SYSTEM_IDENTIFIER);
  const timeline = await readable(TIMELINE);
  return statement(
    "installation.state",
    `select i.id, i.witness, i.witness_at as "witnessAt", i.held_at as "heldAt",
       i.hold_reason as "holdReason",
       json_build_object('systemIdentifier', i.system_identifier, 'databaseOid', i.database_oid,
         'tableOid', i.table_oid, 'timeline', i.timeline) as recorded,
       json_build_object('systemIdentifier', ${systemIdentifier}, 'databaseOid', d.oid::int8,
         'tableOid', i.tableoid::int8, 'timeline', ${timeline}) as actual
     from installation i, pg_database d where d.datname = current_database()`,
  );
}
