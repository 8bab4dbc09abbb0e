import pg from "pg";
import { DatabaseConnectionError } from "./sqlstate.ts";

/** Time within which the database must answer a statement that names no other deadline. */
export const DEADLINE_MS = 10_000;
// The server cancels a statement earlier than its deadline, because the connection then stays usable, its
// locks are released, and the result is certain. The deadline ends statements whose connection is dead.
const SERVER_MARGIN_MS = 1_000;

/** Time after which the server cancels a statement with this deadline, in milliseconds. */
export function statementTimeout(deadlineMs: number): number {
  return deadlineMs - SERVER_MARGIN_MS;
}

/** Runs a statement on one connection; `deadlineMs` is `DEADLINE_MS` by default. */
export type Query = <Row extends pg.QueryResultRow>(
  query: pg.QueryConfig,
  deadlineMs?: number,
) => Promise<pg.QueryResult<Row>>;

/** A connection of the pool while it is borrowed. */
export interface Session {
  readonly query: Query;
  /** Closes the connection instead of returning it to the pool. */
  readonly discard: (error: Error) => void;
}

/**
 * Runs work on a connection of the pool. A connection that is lost, or does not answer in time, is
 * discarded: every later query of the work fails, because it must not run on another connection.
 *
 * @param hasDeadlines false: statements may take any time
 * @throws {DatabaseConnectionError} if there is no connection, or it was lost
 */
export async function borrow<T>(
  pool: pg.Pool,
  hasDeadlines: boolean,
  work: (session: Session) => Promise<T>,
): Promise<T> {
  const client = await connect(pool);
  let lost: Error | undefined;
  let broken: Error | undefined;
  // The pool listens on idle clients only; without a listener the loss would terminate the process.
  const onError = (error: Error) => void (lost = broken = error);
  const onSilence = (error: Error) => {
    onError(error);
    // A network or server that lost this connection without a sign has probably lost the idle ones, too.
    discardIdle(pool, error);
  };
  client.on("error", onError);
  const query: Query = async (config, deadlineMs = DEADLINE_MS) => {
    if (lost) throw new DatabaseConnectionError(lost);
    try {
      const answer = client.query(config);
      return await (hasDeadlines ? inTime(answer, deadlineMs, onSilence) : answer);
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

/**
 * Waits for an answer of the database.
 *
 * @param onSilence called with the error before it is thrown
 * @throws after `ms` milliseconds
 */
export function inTime<T>(
  answer: Promise<T>,
  ms: number,
  onSilence: (error: Error) => void = () => {},
): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const error = new Error(`The database did not answer within ${ms / 1_000} s`);
      onSilence(error);
      reject(error);
    }, ms);
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

function discardIdle(pool: pg.Pool, error: Error): void {
  for (let count = pool.idleCount; count > 0; count--) {
    pool.connect((_error, client) => {
      // Not closed gracefully, because a dead connection does not confirm its end.
      client?.connection.stream.destroy();
      client?.release(error);
    });
  }
}
