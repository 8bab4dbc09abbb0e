import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import pg from "pg";
import { DatabaseConnectionError, endsConnection } from "./sqlstate.ts";

/**
 * One fixed SQL text. Its label is the name of the prepared statement, and a comment at the start of
 * the text that shows in the logs of the database.
 */
export interface Statement<Params extends readonly unknown[], Row> {
  readonly label: string;
  readonly text: string;
  /** Never set; it exists only for the types of the parameters and of a row. */
  readonly types?: (...params: Params) => Row;
}

/**
 * Declares a statement.
 *
 * @param label `<noun>.<verb>`, unique in the program
 * @param text SQL with the parameters $1, $2 …
 */
export function statement<Params extends readonly unknown[], Row = never>(
  label: string,
  text: string,
): Statement<Params, Row> {
  return { label, text: `/* ${label} */ ${text}` };
}

/** Runs statements: on the pool, or in one transaction. */
export interface Connection {
  /** Runs a fixed statement and returns its rows. */
  run<Params extends readonly unknown[], Row>(
    statement: Statement<Params, Row>,
    ...params: Params
  ): Promise<Row[]>;
  /** Runs a composed query (a list with filters) and returns its rows. */
  select<Row>(query: Compilable<Row>): Promise<Row[]>;
}

/** Number of connections in the pool, of idle ones, and of calls that wait for one. */
export interface PoolState {
  readonly total: number;
  readonly idle: number;
  readonly waiting: number;
}

/** The database of this process. */
export interface Database extends Connection {
  /** True for PGlite: one backend, no LISTEN, no statement names. */
  readonly embedded: boolean;
  /** Runs `work` in a transaction. Commits if it returns; rolls back and rethrows if it throws. */
  transaction<T>(work: (tx: Connection) => Promise<T>): Promise<T>;
  /**
   * Opens a connection outside the pool, for LISTEN and for session locks. The embedded database accepts a
   * single connection, so there this fails once the pool has connected.
   */
  dedicated(): Promise<pg.Client>;
  pool(): PoolState;
  close(): Promise<void>;
}

/** Options of a database pool. */
export interface DatabaseOptions {
  readonly connection: pg.ClientConfig;
  /** Maximum number of connections. */
  readonly size: number;
  readonly embedded: boolean;
  /** Called when an idle connection was lost; the pool replaces it. */
  readonly onError: (error: Error) => void;
}

/** Creates a query builder without a connection; `Connection.select` runs its queries. */
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

function parseType(oid: number, format?: "text" | "binary") {
  // Counts and fences stay far below 2^53.
  if (oid === INT8) return Number;
  return pg.types.getTypeParser(oid, format);
}

// A generic plan that is prepared while the tables are small is kept when they are large. A sequential
// scan in it would then read a large table, so only index scans are allowed.
const PLANNER_SETTINGS = ["enable_seqscan=off", "jit=off"];
const SETTINGS = [
  ...PLANNER_SETTINGS,
  "TimeZone=UTC",
  "idle_in_transaction_session_timeout=60s",
  "statement_timeout=60s",
];

// Longer than statement_timeout, so that it ends only statements whose connection has been lost unnoticed.
const ANSWER_TIMEOUT_MS = 75_000;

/** Settings for the single session of PGlite, whose defaults match the remaining ones. */
export const EMBEDDED_SETTINGS = PLANNER_SETTINGS.map((setting) => `set ${setting}`).join("; ");

/** Opens a pool, which connects at the first use. */
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
    ...connectionOver((query) => queryPool(pool, embedded, query), embedded),
    transaction: (work) => transact(pool, embedded, work),
    async dedicated() {
      const client = new pg.Client(config);
      // Without a listener the loss of the connection would terminate the process.
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
      // On PGlite all sessions share one backend, in which statement names would collide.
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

// `pool.query` would close the connection after every failed statement. The embedded database accepts
// a single connection, and refuses the next one until it has processed the end of the last one.
function queryPool<Row extends pg.QueryResultRow>(
  pool: pg.Pool,
  embedded: boolean,
  query: pg.QueryConfig,
): Promise<pg.QueryResult<Row>> {
  return borrow(pool, embedded, async (session) => {
    try {
      return await session.query<Row>(query);
    } catch (error) {
      const usable = error instanceof pg.DatabaseError && !endsConnection(error);
      if (!usable && error instanceof Error) session.discard(error);
      throw error;
    }
  });
}

function transact<T>(
  pool: pg.Pool,
  embedded: boolean,
  work: (tx: Connection) => Promise<T>,
): Promise<T> {
  return borrow(pool, embedded, async ({ query, discard }) => {
    try {
      await query({ text: "begin" });
      const result = await work(connectionOver(query, embedded));
      const { command } = await query({ text: "commit" });
      // A commit after a failed statement rolls back and reports ROLLBACK instead of an error.
      if (command !== "COMMIT") throw new Error("Cannot commit: a statement failed before");
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

async function borrow<T>(
  pool: pg.Pool,
  embedded: boolean,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const client = await connect(pool);
  let lost: Error | undefined;
  let broken: Error | undefined;
  // The pool listens on idle clients only; without a listener the loss would terminate the process.
  const onError = (error: Error) => void (lost = broken = error);
  client.on("error", onError);
  const query: Query = async (config) => {
    if (lost) throw new DatabaseConnectionError(lost);
    try {
      const answer = client.query(config);
      // PGlite has no statement_timeout, so that a statement may take longer.
      return await (embedded ? answer : inTime(answer, onError));
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

/** Waits for an answer. Without one in time it calls `onError` and rejects with the same error. */
function inTime<T>(answer: Promise<T>, onError: (error: Error) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new Error(`The database did not answer within ${ANSWER_TIMEOUT_MS / 1_000} s`);
      onError(error);
      reject(error);
    }, ANSWER_TIMEOUT_MS);
    answer.then(resolve, reject).then(() => clearTimeout(timer));
  });
}

async function connect(pool: pg.Pool): Promise<pg.PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    // A closed pool never connects again. A server that refuses a login may accept it later: while its
    // password is changed, for example.
    if (pool.ending || !(error instanceof Error)) throw error;
    throw new DatabaseConnectionError(error);
  }
}
