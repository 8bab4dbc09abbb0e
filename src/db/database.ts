import {
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import type { Compilable } from "kysely";
import pg from "pg";

/**
 * One fixed SQL text. The label opens the text as a comment, so that it shows in the database's own
 * logs, and names the prepared statement.
 */
export interface Statement<Params extends readonly unknown[], Row> {
  readonly label: string;
  readonly text: string;
  /** Never present: it carries the types of the parameters and of a row. */
  readonly types?: (...params: Params) => Row;
}

/** Declares a statement: `label` is `<noun>.<verb>`, `text` takes its parameters as $1, $2 … */
export function statement<Params extends readonly unknown[], Row = never>(
  label: string,
  text: string,
): Statement<Params, Row> {
  return { label, text: `/* ${label} */ ${text}` };
}

/** What runs statements: the pool, or one transaction. */
export interface Connection {
  /** Runs a fixed statement and returns its rows. */
  run<Params extends readonly unknown[], Row>(
    statement: Statement<Params, Row>,
    ...params: Params
  ): Promise<Row[]>;
  /** Runs what a query builder composed (lists with filters) and returns its rows. */
  select<Row>(query: Compilable<Row>): Promise<Row[]>;
}

/** Connections in the pool: all, idle, and calls that wait for one. */
export interface PoolState {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

/** The database of this process. */
export interface Database extends Connection {
  /** True for PGlite: one backend, no LISTEN, no statement names. */
  readonly embedded: boolean;
  /** Commits what `work` did, or rolls back and throws what it threw. */
  transaction<T>(work: (tx: Connection) => Promise<T>): Promise<T>;
  /**
   * A connection of its own, outside the pool: for LISTEN and for session locks. The embedded database
   * refuses it once the pool has its only one.
   */
  dedicated(): Promise<pg.Client>;
  pool(): PoolState;
  close(): Promise<void>;
}

/** Where the database answers. */
export interface DatabaseOptions {
  readonly connection: pg.ClientConfig;
  /** Connections at most. */
  readonly size: number;
  readonly embedded: boolean;
  /** An idle connection has died; the pool opens another by itself. */
  readonly onError: (error: Error) => void;
}

/**
 * The database cannot be reached, or a connection was lost. A statement that was under way may have
 * been executed all the same.
 */
export class DatabaseConnectionError extends Error {
  override readonly name = "DatabaseConnectionError";

  constructor(override readonly cause: Error) {
    super(cause.message);
  }
}

/** A query builder without a connection: compose with it, run by `Connection.select`. */
export function queryBuilder<Tables>(): Kysely<Tables> {
  return new Kysely<Tables>({
    dialect: {
      createAdapter: () => new PostgresAdapter(),
      createDriver: () => new DummyDriver(),
      createIntrospector: (db) => new PostgresIntrospector(db),
      createQueryCompiler: () => new PostgresQueryCompiler(),
    },
  });
}

const INT8 = 20;
// SQLSTATEs of a server that ends the connection.
const SHUTDOWN = "57P";

function parseType(oid: number, format?: "text" | "binary") {
  // Counts and fences stay far below 2^53.
  if (oid === INT8) return Number;
  return pg.types.getTypeParser(oid, format);
}

// Statements are prepared while the tables are small, and kept when they are large: a plan that reads
// a whole table then would be kept too. Without that way out every plan goes by an index.
const PLANNER_SETTINGS = ["enable_seqscan=off", "jit=off"];
const SETTINGS = [
  ...PLANNER_SETTINGS,
  "TimeZone=UTC",
  "idle_in_transaction_session_timeout=60s",
  "statement_timeout=60s",
];

/** The same for the one session of PGlite, which has the other settings as they should be. */
export const EMBEDDED_SETTINGS = PLANNER_SETTINGS.map((setting) => `set ${setting}`).join("; ");

/** Opens a pool; connects at the first use. */
export function openDatabase(options: DatabaseOptions): Database {
  const { embedded } = options;
  const config: pg.PoolConfig = {
    ...options.connection,
    application_name: "waybill",
    // PGlite's socket takes no startup options.
    options: embedded ? undefined : SETTINGS.map((setting) => `-c ${setting}`).join(" "),
    keepAlive: true,
    connectionTimeoutMillis: 15_000,
    types: { getTypeParser: parseType as typeof pg.types.getTypeParser },
  };
  const pool = new pg.Pool({
    ...config,
    max: options.size,
    idleTimeoutMillis: embedded ? 0 : 60_000,
  });
  pool.on("error", options.onError);

  return {
    embedded,
    ...connectionOver((query) => queryPool(pool, query), embedded),
    transaction: (work) => transact(pool, embedded, work),
    async dedicated() {
      const client = new pg.Client(config);
      // Without a listener the loss of the connection would end the process.
      client.on("error", options.onError);
      await client.connect();
      return client;
    },
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
}

type Query = <Row extends pg.QueryResultRow>(query: pg.QueryConfig) => Promise<pg.QueryResult<Row>>;

function connectionOver(query: Query, embedded: boolean): Connection {
  return {
    async run<Params extends readonly unknown[], Row>(
      { label, text }: Statement<Params, Row>,
      ...params: Params
    ) {
      // On PGlite all sessions share one backend, where statement names would collide.
      const name = embedded ? undefined : label;
      const result = await query<Row & pg.QueryResultRow>({ name, text, values: [...params] });
      return result.rows;
    },
    async select<Row>(composed: Compilable<Row>) {
      const { sql: text, parameters } = composed.compile();
      const result = await query<Row & pg.QueryResultRow>({ text, values: [...parameters] });
      return result.rows;
    },
  };
}

// `pool.query` would close the connection after every statement that fails. The embedded database has
// one, and turns the next away until it has seen the last one go.
function queryPool<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  query: pg.QueryConfig,
): Promise<pg.QueryResult<Row>> {
  return borrow(pool, async (session) => {
    try {
      return await session.query<Row>(query);
    } catch (error) {
      const refused = error instanceof pg.DatabaseError && !error.code?.startsWith(SHUTDOWN);
      if (!refused && error instanceof Error) session.discard(error);
      throw error;
    }
  });
}

function transact<T>(
  pool: pg.Pool,
  embedded: boolean,
  work: (tx: Connection) => Promise<T>,
): Promise<T> {
  return borrow(pool, async ({ query, discard }) => {
    try {
      await query({ text: "begin" });
      const result = await work(connectionOver(query, embedded));
      const { command } = await query({ text: "commit" });
      // PostgreSQL answers a commit without an error where a statement has failed before.
      if (command !== "COMMIT") throw new Error("Cannot commit: a statement has failed before");
      return result;
    } catch (error) {
      await query({ text: "rollback" }).catch(discard);
      throw error;
    }
  });
}

/** A connection of the pool while it is borrowed. */
interface Session {
  readonly query: Query;
  /** Closes the connection instead of returning it to the pool. */
  readonly discard: (error: Error) => void;
}

async function borrow<T>(pool: pg.Pool, work: (session: Session) => Promise<T>): Promise<T> {
  const client = await connect(pool);
  let lost: Error | undefined;
  let broken: Error | undefined;
  // The pool listens on idle clients only: unheard, a connection lost here would end the process.
  const onError = (error: Error) => void (lost = broken = error);
  client.on("error", onError);
  const query: Query = async (config) => {
    try {
      return await client.query(config);
    } catch (error) {
      throw lost && !(error instanceof pg.DatabaseError)
        ? new DatabaseConnectionError(lost)
        : error;
    }
  };
  try {
    return await work({ query, discard: (error) => void (broken = error) });
  } finally {
    client.off("error", onError);
    client.release(broken);
  }
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    const answered = error instanceof pg.DatabaseError;
    // A pool that was closed never connects again.
    if (answered || pool.ending || !(error instanceof Error)) throw error;
    throw new DatabaseConnectionError(error);
  }
}
