import type pg from "pg";
import { DEADLINE_MS, inTime, statementTimeout } from "./session.ts";

/** Properties of the sessions that a pool opens. */
export interface SessionMode {
  /** Whether statements are prepared under their labels. */
  readonly names: boolean;
  /** Whether statements have deadlines. */
  readonly deadlines: boolean;
  /** Settings that a session starts with, as startup options. */
  readonly options?: string;
  /** Text that begins a transaction. */
  readonly begin: string;
  /** Prepares a new connection. */
  readonly onConnect?: (client: pg.ClientBase) => Promise<unknown>;
}

// A generic plan that is prepared while the tables are small is kept when they are large. A sequential
// scan in it would then read a large table, so only index scans are allowed.
const PLANNER = ["enable_seqscan=off", "jit=off"];
const TIMEOUTS = [
  `statement_timeout=${statementTimeout(DEADLINE_MS)}`,
  // The locks of a transaction whose connection is dead are released after this time.
  `idle_in_transaction_session_timeout=${DEADLINE_MS}`,
];
const SETTINGS = [
  ...PLANNER,
  ...TIMEOUTS,
  "TimeZone=UTC",
  // A session whose connection is dead ends after 30 s, so that it occupies no connection slot.
  "tcp_keepalives_idle=15",
  "tcp_keepalives_interval=5",
  "tcp_keepalives_count=3",
];

/** Settings for the single session of PGlite, whose defaults match the remaining ones. */
export const EMBEDDED_SETTINGS = PLANNER.map((setting) => `set ${setting}`).join("; ");

/** Sessions of a PostgreSQL server. */
export const DIRECT: SessionMode = {
  names: true,
  deadlines: true,
  options: SETTINGS.map((setting) => `-c ${setting}`).join(" "),
  begin: "begin",
};

/**
 * Sessions through a pooler in transaction mode, which may run each transaction on another connection to the
 * server. It takes no startup options. Statements have no names, so that each execution is planned for its
 * parameters and the present size of the tables, and needs no planner settings.
 */
export const POOLED: SessionMode = {
  names: false,
  deadlines: true,
  begin: ["begin", ...TIMEOUTS.map((setting) => `set local ${setting}`)].join("; "),
  // Poolers restore this parameter for each client, because the server reports its changes.
  onConnect: (client) => inTime(client.query("set TimeZone = 'UTC'"), DEADLINE_MS),
};

/**
 * The session of PGlite, whose socket takes no startup options. All clients share it, so that statement
 * names would collide. PGlite has no statement_timeout.
 */
export const EMBEDDED: SessionMode = { names: false, deadlines: false, begin: "begin" };
