import { rm } from "node:fs/promises";
import { setTimeout as wait } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import { getLogger } from "@logtape/logtape";

/** The embedded database cannot be opened. */
export class EmbeddedDatabaseError extends Error {
  override readonly name = "EmbeddedDatabaseError";
}

/** Settings of the thread that runs PGlite. */
export interface EmbeddedSettings {
  /** Directory of the database. */
  readonly directory: string;
  /** File that the thread locks, so that only one at a time opens the directory. */
  readonly lock: string;
  /** Path of the socket. */
  readonly socket: string;
  /** SQL for the single session that all clients share. */
  readonly settings: string;
}

/** Message of the thread that runs PGlite. */
export type EmbeddedReply = "ready" | "pong" | "closed" | { readonly failure: string };

/** Running PGlite, in a thread that is restarted when it fails. */
export interface EmbeddedWorker {
  close(): Promise<void>;
}

interface Thread {
  /** Rejects if the thread fails before. */
  readonly ready: Promise<void>;
  /** Resolves with the reason when the thread fails. */
  readonly failed: Promise<string>;
  /** Closes the database and ends the thread. */
  close(): Promise<void>;
  terminate(): Promise<void>;
}

const PING_INTERVAL_MS = 1_000;
const MIN_RESTART_MS = 500;
const MAX_RESTART_MS = 60_000;
// A thread that has lived for this time is restarted without a wait.
const STABLE_MS = 60_000;
const log = getLogger(["waybill", "database"]);

/**
 * Starts PGlite in a thread. A thread that aborts, exits or does not answer is terminated and started again
 * with the same files and socket, after waits that grow up to a minute. Its statements fail with a lost
 * connection; transactions that were not committed are rolled back.
 *
 * @param answerMs maximum time for a statement, in milliseconds, asked every second
 * @throws {EmbeddedDatabaseError} if it does not start the first time
 */
export async function startEmbeddedWorker(
  settings: EmbeddedSettings,
  answerMs: () => number,
): Promise<EmbeddedWorker> {
  const closing = new AbortController();
  let thread = startThread(settings, answerMs);
  try {
    await thread.ready;
  } catch (error) {
    await thread.terminate();
    throw error;
  }
  const watching = watch();

  async function watch(): Promise<void> {
    let failures = 0;
    while (true) {
      const startedAt = performance.now();
      const reason = await Promise.race([thread.failed, aborted(closing.signal)]);
      if (reason === null) return;
      failures = performance.now() - startedAt < STABLE_MS ? failures + 1 : 1;
      await thread.terminate();
      const waitMs = failures === 1 ? 0 : Math.min(MIN_RESTART_MS * 2 ** failures, MAX_RESTART_MS);
      logFailure(reason, failures, waitMs);
      await wait(waitMs, undefined, { signal: closing.signal }).catch(() => {});
      if (closing.signal.aborted) return;
      await rm(settings.socket, { force: true });
      thread = startThread(settings, answerMs);
      await thread.ready.then(() => log.info("The embedded database runs again"), () => {});
    }
  }

  return {
    async close() {
      closing.abort();
      await watching;
      await thread.close();
    },
  };
}

function startThread(settings: EmbeddedSettings, answerMs: () => number): Thread {
  const ready = Promise.withResolvers<void>();
  const failed = Promise.withResolvers<string>();
  const closed = Promise.withResolvers<void>();
  // A module worker of Deno cannot be interrupted while a statement blocks it.
  const worker = new Worker(new URL("./embedded_server.ts", import.meta.url), {
    workerData: settings,
  });
  let unanswered = 0;
  let timer: ReturnType<typeof setInterval> | undefined;

  const fail = (reason: string) => {
    clearInterval(timer);
    ready.reject(new EmbeddedDatabaseError(`Cannot start the embedded database: ${reason}`));
    failed.resolve(reason);
    closed.resolve();
  };
  const ask = () => {
    // Counted in intervals, because time in which the whole process is stopped is no fault of the thread.
    if (unanswered * PING_INTERVAL_MS >= answerMs()) {
      return fail(`a statement did not end within ${answerMs() / 1_000} s`);
    }
    if (unanswered++ === 0) worker.postMessage("ping");
  };
  worker.on("message", (reply: EmbeddedReply) => {
    if (typeof reply === "object") return fail(reply.failure);
    if (reply === "pong") unanswered = 0;
    if (reply === "closed") closed.resolve();
    if (reply === "ready") {
      timer = setInterval(ask, PING_INTERVAL_MS);
      ready.resolve();
    }
  });
  worker.on("error", (error) => fail(error instanceof Error ? error.message : String(error)));
  worker.on("exit", (code) => fail(`its thread exited with code ${code}`));

  const terminate = async () => {
    clearInterval(timer);
    await worker.terminate();
  };
  return {
    ready: ready.promise,
    failed: failed.promise,
    terminate,
    async close() {
      worker.postMessage("close");
      await closed.promise;
      await terminate();
    },
  };
}

function logFailure(reason: string, failures: number, waitMs: number): void {
  const action = waitMs === 0 ? "restarting it now" : `restarting it in ${waitMs / 1_000} s`;
  if (failures < 3) {
    return log.error("The embedded database failed: {reason}; {action}", { reason, action });
  }
  log.error(
    "The embedded database failed {failures} times in a row: {reason}; {action}. Check the free memory " +
      "and disk space, and restart the program. If it fails again, restore DATA_DIR from a backup, or " +
      "use PostgreSQL by DATABASE_URL",
    { failures, reason, action },
  );
}

function aborted(signal: AbortSignal): Promise<null> {
  const { promise, resolve } = Promise.withResolvers<null>();
  if (signal.aborted) resolve(null);
  signal.addEventListener("abort", () => resolve(null), { once: true });
  return promise;
}
