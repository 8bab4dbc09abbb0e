import {
  type Compilable,
  DummyDriver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
} from "kysely";
import pg from "pg";
import { borrow, DEADLINE_MS, type Query, statementTimeout } from "./session.ts";
import { DIRECT, EMBEDDED, POOLED, type SessionMode } from "./settings.ts";
import { endsConnection } from "./sqlstate.ts";

/** Deadline of a statement, whose connection is discarded afterwards. */
export interface Deadline {
  /** Time within which the database must answer, in milliseconds; absent: 10 s. */
  readonly deadlineMs?: number;
}

/** Deadline of statements that read or write a number of rows without a small bound. */
export const LONG: Deadline = { deadlineMs: 60_000 };

/**
 * One fixed SQL text. Its label is the name of the prepared statement, and a comment at the start of
 * the text that shows in the logs of the database.
 */
export interface Statement<Params extends readonly unknown[], Row> extends Deadline {
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
 * @param deadline absent: 10 s
 */
export function statement<Params extends readonly unknown[], Row = never>(
  label: string,
  text: string,
  deadline: Deadline = {},
): Statement<Params, Row> {
  return { label, text: `/* ${label} */ ${text}`, ...deadline };
}

/** Runs statements: on the pool, or in one transaction. */
export interface Connection {
  /** Runs a fixed statement and returns its rows. */
  run<Params extends readonly unknown[], Row>(
    statement: Statement<Params, Row>,
    ...params: Params
  ): Promise<Row[]>;
  /** Runs a composed query (a list with filters) and returns its rows. */
  select<Row>(query: Compilable<Row>, deadline?: Deadline): Promise<Row[]>;
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
  /**
   * Connection to the same database past a pooler. Its presence means that `connection` leads to a pooler in
   * transaction mode.
   */
  readonly direct?: pg.ClientConfig;
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

const KEEPALIVE_DELAY_MS = 15_000;

/** Opens a pool, which connects at the first use. */
export function openDatabase(options: DatabaseOptions): Database {
  const { connection, direct, size, embedded, onError } = options;
  const mode = embedded ? EMBEDDED : direct ? POOLED : DIRECT;
  const pool = new pg.Pool({
    ...clientConfig(connection, mode),
    max: size,
    idleTimeoutMillis: embedded ? 0 : 60_000,
    onConnect: mode.onConnect,
  });
  pool.on("error", onError);

  return {
    embedded,
    ...over(queryOf(pool, mode), mode),
    transaction: (work) => transact(pool, mode, (query) => work(over(query, mode))),
    async dedicated() {
      const client = new pg.Client(
        direct ? clientConfig(direct, DIRECT) : clientConfig(connection, mode),
      );
      // Without a listener the loss of the connection would terminate the process.
      client.on("error", onError);
      await client.connect();
      return client;
    },
    pool: () => ({ total: pool.totalCount, idle: pool.idleCount, waiting: pool.waitingCount }),
    close: () => pool.end(),
  };
}

function clientConfig(connection: pg.ClientConfig, { options }: SessionMode): pg.ClientConfig {
  return {
    ...connection,
    application_name: "waybill",
    options,
    keepAlive: true,
    keepAliveInitialDelayMillis: KEEPALIVE_DELAY_MS,
    connectionTimeoutMillis: DEADLINE_MS,
    types: { getTypeParser: parseType as typeof pg.types.getTypeParser },
  };
}

function over(query: Query, { names }: SessionMode): Connection {
  return {
    async run<Params extends readonly unknown[], Row>(
      { label, text, deadlineMs }: Statement<Params, Row>,
      ...params: Params
    ) {
      const config = { name: names ? label : undefined, text, values: [...params] };
      return await rowsOf<Row>(query, config, deadlineMs);
    },
    async select<Row>(composed: Compilable<Row>, { deadlineMs }: Deadline = {}) {
      const { sql: text, parameters } = composed.compile();
      return await rowsOf<Row>(query, { text, values: [...parameters] }, deadlineMs);
    },
  };
}

async function rowsOf<Row>(
  query: Query,
  config: pg.QueryConfig & { readonly values: unknown[] },
  deadlineMs?: number,
): Promise<Row[]> {
  try {
    return (await query<Row & pg.QueryResultRow>(config, deadlineMs)).rows;
  } finally {
    // Only a major garbage collection frees the driver's object of a query, which contains the values. Until then,
    // an import would keep each text that it has written in memory.
    config.values.length = 0;
  }
}

/** Returns the function that runs single statements. */
function queryOf(pool: pg.Pool, mode: SessionMode): Query {
  return (config, deadlineMs) => {
    if (isLong(mode, deadlineMs)) {
      return transact(pool, mode, (query) => query(config, deadlineMs));
    }
    // `pool.query` would close the connection after every failed statement. The embedded database accepts a
    // single connection, and refuses the next one until it has processed the end of the last one.
    return borrow(pool, mode.deadlines, async ({ query, discard }) => {
      try {
        return await query(config, deadlineMs);
      } catch (error) {
        const usable = error instanceof pg.DatabaseError && !endsConnection(error);
        if (!usable && error instanceof Error) discard(error);
        throw error;
      }
    });
  };
}

function transact<T>(
  pool: pg.Pool,
  mode: SessionMode,
  work: (query: Query) => Promise<T>,
): Promise<T> {
  return borrow(pool, mode.deadlines, async ({ query, discard }) => {
    try {
      await query({ text: mode.begin });
      const result = await work(async (config, deadlineMs) => {
        if (isLong(mode, deadlineMs)) {
          await query({ text: `set local statement_timeout = ${statementTimeout(deadlineMs)}` });
        }
        return await query(config, deadlineMs);
      });
      const { command } = await query({ text: "commit" });
      // A commit after a failed statement rolls back and reports ROLLBACK instead of an error.
      if (command !== "COMMIT") throw new Error("Cannot commit: a statement failed before");
      return result;
    } catch (error) {
      await query({ text: "rollback" }).catch(discard);
      if (error instanceof pg.DatabaseError && endsConnection(error)) discard(error);
      throw error;
    }
  });
}

/** True if the deadline is later than the statement_timeout of the session. */
function isLong({ deadlines }: SessionMode, deadlineMs?: number): deadlineMs is number {
  return deadlines && deadlineMs !== undefined && deadlineMs > DEADLINE_MS;
}
