import { fileURLToPath } from "node:url";
import { type Connection, statement } from "../../src/db/database.ts";
import { until } from "./until.ts";

const PROGRAM = fileURLToPath(new URL("./programs/queue_worker.ts", import.meta.url));

const EFFECTS = statement<[]>(
  "test.effects",
  "create table effects (n serial, job_id uuid, fence bigint, pid int, what text)",
);
const READY = statement<[pid: number], { n: number }>(
  "test.ready",
  "select n from effects where pid = $1 and what = 'ready'",
);
const READ = statement<[], Effect>(
  "test.readEffects",
  `select job_id as "jobId", fence, pid, what from effects where job_id is not null order by n`,
);
const WORKERS = statement<[], { id: string }>("test.workers", "select id from workers");

/** Effect of a handler, of any process. */
export interface Effect {
  readonly jobId: string;
  readonly fence: number;
  readonly pid: number;
  /** "begun", "ended", or the cause of its abort. */
  readonly what: string;
}

/** A process with one worker; killed at the end of its scope if it still runs. */
export interface WorkerProcess extends AsyncDisposable {
  readonly pid: number;
  /** Id of its first registration. */
  readonly workerId: string;
  /** Resolves once the process is stopped (SIGSTOP) or has ended (SIGKILL, SIGTERM). */
  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Resolves when the process has ended, for any reason. */
  readonly ended: Promise<void>;
}

/** Creates the table in which the handlers of all processes record their effects. */
export async function createEffects(db: Connection): Promise<void> {
  await db.run(EFFECTS);
}

/** Reads the effects of all handlers, in order. */
export function readEffects(db: Connection): Promise<Effect[]> {
  return db.run(READ);
}

/** Reads the ids of the registered workers, dead or alive. */
export async function readWorkers(db: Connection): Promise<Set<string>> {
  return new Set((await db.run(WORKERS)).map(({ id }) => id));
}

/** Starts a process with a worker, one at a time. Resolves when the worker has registered. */
export async function startWorkerProcess(db: Connection, url: string): Promise<WorkerProcess> {
  const before = await readWorkers(db);
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "-A", "--no-check", PROGRAM],
    env: { DATABASE_URL: url },
    stdout: "null",
  }).spawn();
  await until(
    "the worker process is ready",
    async () => (await db.run(READY, child.pid)).length > 0,
  );
  const [workerId = ""] = (await readWorkers(db)).difference(before);
  let running = true;
  const ended = child.status.then(() => {
    running = false;
  });
  return {
    pid: child.pid,
    workerId,
    ended,
    async signal(signal) {
      if (running) child.kill(signal);
      if (signal === "SIGSTOP") await until("the process is stopped", () => isStopped(child.pid));
      if (signal === "SIGKILL" || signal === "SIGTERM") await ended;
    },
    async [Symbol.asyncDispose]() {
      if (running) child.kill("SIGKILL");
      await ended;
    },
  };
}

async function isStopped(pid: number): Promise<boolean> {
  const { stdout } = await new Deno.Command("ps", { args: ["-o", "state=", "-p", `${pid}`] })
    .output();
  return new TextDecoder().decode(stdout).startsWith("T");
}
