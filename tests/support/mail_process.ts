import { fileURLToPath } from "node:url";
import { type Connection, statement } from "../../src/db/database.ts";
import { rescueOrphans } from "../../src/domain/jobs/lease.ts";
import type { Services } from "../../src/domain/services.ts";
import { makeDataDir } from "./data_dir.ts";
import { expireLease } from "./jobs.ts";
import { until } from "./until.ts";

const PROGRAM = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const SHORT_TIMEOUTS = fileURLToPath(new URL("./programs/mail_worker.ts", import.meta.url));

const WORKERS = statement<[], { id: string }>("test.workerIds", "select id from workers");

/** Settings of a mail process. */
export interface MailProcessOptions {
  readonly databaseUrl: string;
  readonly smtpUrl: string;
  /** Settings of the language model; absent: none. */
  readonly model?: { readonly OPENAI_BASE_URL: string; readonly OPENAI_API_KEY: string };
  /** SMTP timeouts of 500 ms instead of the program's minutes. */
  readonly shortTimeouts?: boolean;
  /** LOG_LEVEL; by default "error". */
  readonly logLevel?: string;
}

/** The program, run as `worker`; killed at the end of its scope when it still runs. */
export interface MailProcess extends AsyncDisposable {
  /** Id of its first registration. */
  readonly workerId: string;
  /** Sends the signal and returns when the process has exited. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
}

/** Starts the program as a worker and returns when it has registered. Start one at a time. */
export async function startMailProcess(
  db: Connection,
  { databaseUrl, smtpUrl, model, shortTimeouts = false, logLevel = "error" }: MailProcessOptions,
): Promise<MailProcess> {
  const before = await readWorkers(db);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "-NRWES",
      "--no-check",
      ...shortTimeouts ? [SHORT_TIMEOUTS] : [PROGRAM, "worker"],
    ],
    env: {
      DATABASE_URL: databaseUrl,
      DATA_DIR: makeDataDir(),
      SMTP_URLS: smtpUrl,
      LOG_LEVEL: logLevel,
      ...model,
    },
    stdout: "null",
  }).spawn();
  let running = true;
  const ended = child.status.then(() => {
    running = false;
  });
  const end = async (signal: "SIGKILL" | "SIGTERM") => {
    if (running) child.kill(signal);
    await ended;
  };
  try {
    const workerId = await until("the worker has registered", async () => {
      if (!running) throw new Error("The worker exited before it registered");
      const [id] = (await readWorkers(db)).difference(before);
      return id;
    });
    return { workerId, end, [Symbol.asyncDispose]: () => end("SIGKILL") };
  } catch (error) {
    await end("SIGKILL");
    throw error;
  }
}

/** Ends a process and releases its jobs at once, as other replicas do when its lease expires. */
export async function endMailProcess(
  services: Services,
  process: MailProcess,
  signal: "SIGKILL" | "SIGTERM",
): Promise<void> {
  await process.end(signal);
  await expireLease(services.db, process.workerId);
  await rescueOrphans(services);
}

async function readWorkers(db: Connection): Promise<Set<string>> {
  return new Set((await db.run(WORKERS)).map(({ id }) => id));
}
