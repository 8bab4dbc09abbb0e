// Runs jobs of kind "work" on DATABASE_URL. Its handlers write their effects to the table `effects`, also
// after their claims have ended. SIGTERM stops it gracefully.
import { getLogger } from "@logtape/logtape";
import { openDatabase, statement } from "../../../src/db/database.ts";
import type { Progress } from "../../../src/domain/jobs/job.ts";
import {
  cancelled,
  done,
  JobFailure,
  type Outcome,
  snooze,
} from "../../../src/domain/jobs/outcome.ts";
import { parkClaimed } from "../../../src/domain/jobs/park.ts";
import { writeProgress } from "../../../src/domain/jobs/progress.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { createBus } from "../../../src/events/bus.ts";
import { postgresTransport } from "../../../src/events/postgres.ts";
import { type JobRun } from "../../../src/queue/handler.ts";
import { JobAborted } from "../../../src/domain/jobs/abort.ts";
import { startWorker } from "../../../src/queue/worker.ts";
import { type WorkHandler, workHandlers } from "../worker.ts";

const NOTE = statement<[jobId: string | null, fence: number | null, pid: number, what: string]>(
  "test.note",
  "insert into effects (job_id, fence, pid, what) values ($1, $2, $3, $4)",
);
const SLOTS = 10;

type HeldJob = JobRun["job"];

const log = getLogger(["waybill", "test"]);

const connectionString = Deno.env.get("DATABASE_URL");
const onError = (error: unknown) => log.warn("{error}", { error });
const db = openDatabase({ connection: { connectionString }, size: 5, embedded: false, onError });
const bus = createBus(postgresTransport(() => db.dedicated(), onError));

async function note({ id, fence }: HeldJob, what: string): Promise<void> {
  await db.run(NOTE, id, fence, Deno.pid, what);
}

const work: WorkHandler = async ({ job, signal, report }, { end, ms }): Promise<Outcome> => {
  signal.addEventListener("abort", () => {
    const why = whyAborted(signal);
    note(job, why).then(() => why === "lease lost" ? writeAnyway(job) : undefined).catch(onError);
  });
  await note(job, "begun");
  report(progressOf(job, 0));
  if (end === "kill") Deno.kill(Deno.pid, "SIGKILL");
  await sleep(Number(ms), signal);
  report(progressOf(job, 1));
  await note(job, "ended");
  if (end === "cancel") return cancelled;
  if (end === "snooze" && Math.random() < 0.5) return snooze(Math.random() < 0.5 ? 0 : 50);
  if (end === "fail") throw new JobFailure("OTHER", "Gave up", { retryable: false });
  if (end === "throw") throw new Error("boom");
  return done;
};

// Like a handler that ignores its signal. None of these writes may be recorded.
async function writeAnyway(job: HeldJob): Promise<void> {
  const progress = progressOf(job, 2);
  const written = await writeProgress({ db, bus }, [{ ...job, progress }]);
  const end = { ...job, delayMs: 0, error: null, progress };
  const settled = await settleJobs(db, [{ ...end, outcome: "cancel", wait: null }]);
  const parked = await parkClaimed(db, job.id, job.fence);
  await note(job, `${written.size + settled.length + Number(parked)} stale writes`);
}

// The total is the fence, which identifies the claim that wrote the progress.
function progressOf({ fence }: HeldJob, processed: number): Progress {
  return { total: fence, processed, succeeded: processed, failed: 0, skipped: 0 };
}

function sleep(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    setTimeout(resolve, ms);
    signal.addEventListener("abort", () => {
      if (whyAborted(signal) !== "lease lost") reject(signal.reason);
    });
  });
}

function whyAborted({ reason }: AbortSignal): string {
  return reason instanceof JobAborted ? reason.abortCause : String(reason);
}

const worker = await startWorker({ db, bus }, {
  handlers: workHandlers(work),
  lanes: new Map([["BULK", SLOTS]]),
});
await db.run(NOTE, null, null, Deno.pid, "ready");

Deno.addSignalListener("SIGTERM", async () => {
  await worker.stop();
  await bus.close();
  await db.close();
  Deno.exit(0);
});
