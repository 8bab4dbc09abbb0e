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

/** What a handler did, in whichever process. */
export interface Effect {
  readonly jobId: string;
  readonly fence: number;
  readonly pid: number;
  /** "begun", "ended", or why its signal fired. */
  readonly what: string;
}

/** A process with one worker, killed at the end of its scope where it still runs. */
export interface WorkerProcess extends AsyncDisposable {
  readonly pid: number;
  /** Under which it has registered first. */
  readonly workerId: string;
  /** SIGSTOP returns once the process stands still; SIGKILL and SIGTERM, once it is gone. */
  signal(signal: "SIGSTOP" | "SIGCONT" | "SIGKILL" | "SIGTERM"): Promise<void>;
  /** Resolves when the process has ended, by whomever. */
  readonly ended: Promise<void>;
}

/** Makes the table in which the handlers of all processes note what they do. */
export async function createEffects(db: Connection): Promise<void> {
  await db.run(EFFECTS);
}

export function readEffects(db: Connection): Promise<Effect[]> {
  return db.run(READ);
}

/** Ids of the registered workers, dead or alive. */
export async function readWorkers(db: Connection): Promise<Set<string>> {
  return new Set((await db.run(WORKERS)).map(({ id }) => id));
}

/** Starts a process with a worker on the database; not two at once. Returns when it works. */
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
      if (signal === "SIGSTOP") await until("the process stands still", () => isStopped(child.pid));
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
