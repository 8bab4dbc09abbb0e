import { fileURLToPath } from "node:url";
import { type Connection, statement } from "../../src/db/database.ts";
import { until } from "./until.ts";

const PROGRAM = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const IMPATIENT = fileURLToPath(new URL("./programs/mail_worker.ts", import.meta.url));

const WORKERS = statement<[], { id: string }>("test.workerIds", "select id from workers");

/** Where its mails go, and what it works on. */
export interface MailProcessOptions {
  readonly databaseUrl: string;
  readonly smtpUrl: string;
  /** Gives up a server that says nothing for half a second, where the program waits for minutes. */
  readonly impatient?: boolean;
}

/** The program, run as `worker`; killed at the end of its scope where it still runs. */
export interface MailProcess extends AsyncDisposable {
  /** Under which it has registered first. */
  readonly workerId: string;
  /** Returns once the process is gone. */
  end(signal: "SIGKILL" | "SIGTERM"): Promise<void>;
}

/** Starts the program as a worker; not two at once. Returns when it works. */
export async function startMailProcess(
  db: Connection,
  { databaseUrl, smtpUrl, impatient = false }: MailProcessOptions,
): Promise<MailProcess> {
  const before = await readWorkers(db);
  const child = new Deno.Command(Deno.execPath(), {
    args: [
      "run",
      "--quiet",
      "-NRWES",
      "--no-check",
      ...impatient ? [IMPATIENT] : [PROGRAM, "worker"],
    ],
    env: { DATABASE_URL: databaseUrl, SMTP_URLS: smtpUrl, LOG_LEVEL: "error" },
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
      if (!running) throw new Error("The worker has ended before it registered");
      const [id] = (await readWorkers(db)).difference(before);
      return id;
    });
    return { workerId, end, [Symbol.asyncDispose]: () => end("SIGKILL") };
  } catch (error) {
    await end("SIGKILL");
    throw error;
  }
}

async function readWorkers(db: Connection): Promise<Set<string>> {
  return new Set((await db.run(WORKERS)).map(({ id }) => id));
}
