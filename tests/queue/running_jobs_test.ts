import assert from "node:assert/strict";
import pg from "pg";
import { DatabaseConnectionError } from "../../src/db/sqlstate.ts";
import type { ClaimedJob } from "../../src/domain/jobs/claim.ts";
import type { Lane } from "../../src/domain/jobs/lane.ts";
import {
  alreadySettled,
  cancelled,
  done,
  JobFailure,
  type Outcome,
  snooze,
} from "../../src/domain/jobs/outcome.ts";
import type { Settlement } from "../../src/domain/jobs/settle.ts";
import { type JobRun } from "../../src/queue/handler.ts";
import { type AbortCause, JobAborted } from "../../src/domain/jobs/abort.ts";
import { RunningJobs } from "../../src/queue/running_jobs.ts";
import { untilAborted, type WorkHandler, workHandlers } from "../support/worker.ts";

const MINUTE = 60_000;

function claimed(fence: number, given: Partial<ClaimedJob> = {}): ClaimedJob {
  return {
    id: `job ${fence}`,
    fence,
    organizationId: "acme",
    userId: null,
    kind: "work",
    lane: "BULK",
    topic: "work",
    size: 100,
    attempt: 1,
    maxAttempts: 3,
    subject: null,
    payload: {},
    ...given,
  };
}

interface Runs {
  readonly running: RunningJobs;
  /** Settlements of the attempts that have ended; null: settled by the handler. */
  readonly ends: (Settlement | null)[];
  /** Resolves when the next attempt ends. */
  ended(): Promise<void>;
}

/** Runs jobs of kind "work". */
function runs(work: WorkHandler): Runs {
  let next = Promise.withResolvers<void>();
  const ends: (Settlement | null)[] = [];
  const running = new RunningJobs(workHandlers(work, MINUTE), (end) => {
    ends.push(end);
    next.resolve();
    next = Promise.withResolvers();
  });
  return { running, ends, ended: () => next.promise };
}

/** Runs one job; returns the settlement of its attempt. */
async function settlementOf(
  work: WorkHandler,
  meanwhile: (running: RunningJobs) => void = () => {},
  given: Partial<ClaimedJob> = {},
): Promise<Settlement | null | undefined> {
  const { running, ends, ended } = runs(work);
  const end = ended();
  running.start(claimed(1, given));
  meanwhile(running);
  await end;
  assert.equal(running.size, 0);
  return ends[0];
}

const never = () => new Promise<never>(() => {});

Deno.test("start() settles the job by the outcome of its handler", async () => {
  const answer = (outcome: Outcome) => settlementOf(() => Promise.resolve(outcome));
  assert.equal((await answer(done))?.outcome, "done");
  assert.equal((await answer(cancelled))?.outcome, "cancel");
  assert.equal(await answer(alreadySettled), null);
  const later = await answer(snooze(5_000));
  assert.deepEqual([later?.outcome, later?.delayMs], ["snooze", 5_000]);
});

for (const delayMs of [Infinity, 1e300, -1, NaN]) {
  Deno.test(`start() limits a snooze of ${delayMs} ms to what PostgreSQL can store`, async () => {
    const settlement = await settlementOf(() => Promise.resolve(snooze(delayMs)));
    const year = 366 * 24 * 60 * MINUTE;
    const wait = settlement?.delayMs ?? NaN;
    assert.ok(wait >= 0 && wait < year, `waits ${wait} ms`);
  });
}

Deno.test("start() retries an error with backoff, unless the JobFailure decides otherwise", async () => {
  const fault = await settlementOf(() => Promise.reject(new Error("boom")));
  assert.deepEqual([fault?.outcome, fault?.error?.type], ["retry", "INTERNAL"]);
  assert.ok(fault && fault.delayMs >= 1_600 && fault.delayMs <= 2_400);

  const failure = (options: JobFailure["options"]) =>
    settlementOf(() => Promise.reject(new JobFailure("RATE_LIMIT", "Slow down", options)));
  assert.equal((await failure({ retryAfterMs: 90_000 }))?.delayMs, 90_000);
  assert.equal((await failure({ retryable: false }))?.outcome, "fail");
});

function databaseError(code: string): pg.DatabaseError {
  return Object.assign(new pg.DatabaseError("refused", 7, "error"), { code });
}

for (
  const [name, error, outcome] of [
    ["an outage of the database", new DatabaseConnectionError(new Error("refused")), "snooze"],
    ["a deadlock", databaseError("40P01"), "snooze"],
    ["a full disk", databaseError("53100"), "snooze"],
    ["a statement that took too long", databaseError("57014"), "retry"],
    ["an error in a statement", databaseError("42703"), "retry"],
  ] as const
) {
  const counts = outcome === "retry" ? "counts" : "does not count";
  Deno.test(`start() ${counts} an attempt that failed by ${name}`, async () => {
    const settlement = await settlementOf(() => Promise.reject(error), () => {}, { attempt: 3 });
    assert.deepEqual([settlement?.outcome, settlement?.error?.message], [outcome, "refused"]);
    assert.ok(settlement && settlement.delayMs > 0);
  });
}

Deno.test("start() survives a handler that throws before its first await", async () => {
  const { running, ends, ended } = runs(({ job }) => {
    if (job.fence === 1) throw new Error("boom");
    return Promise.resolve(done);
  });
  running.start(claimed(1));
  running.start(claimed(2));
  while (running.size > 0) await ended();
  const outcomes = ends.map((end) => `${end?.fence} ${end?.outcome}`);
  assert.deepEqual(outcomes.sort(), ["1 retry", "2 done"]);
});

Deno.test("start() retries a job of an unknown kind", async () => {
  const settlement = await settlementOf(never, () => {}, { kind: "from a newer version" });
  assert.deepEqual([settlement?.outcome, settlement?.error?.type], ["retry", "UNKNOWN_KIND"]);
});

Deno.test("start() fails a job whose payload is invalid, without a retry", async () => {
  let ran = false;
  const settlement = await settlementOf(
    () => {
      ran = true;
      return Promise.resolve(done);
    },
    () => {},
    { payload: { end: "done", ms: "soon" } },
  );
  assert.deepEqual([settlement?.outcome, settlement?.error?.type], ["fail", "INVALID_PAYLOAD"]);
  assert.match(settlement?.error?.message ?? "", /^payload\.ms: /);
  assert.equal(ran, false);
});

Deno.test("start() survives an error of onEnd()", async () => {
  const running = new RunningJobs(workHandlers(() => Promise.resolve(done)), () => {
    throw new Error("boom");
  });
  running.start(claimed(1));
  // An unhandled rejection would fail this test.
  await new Promise((resolve) => setTimeout(resolve));
  assert.equal(running.size, 0);
});

Deno.test("abort() settles the job by the cause of the abort", async () => {
  const aborted = (cause: AbortCause) =>
    settlementOf(untilAborted, (running) => running.abort(null, cause));
  assert.equal((await aborted("stopping"))?.outcome, "release");
  assert.equal((await aborted("cancelled"))?.outcome, "cancel");
  const late = await aborted("timeout");
  assert.deepEqual([late?.outcome, late?.error?.type], ["retry", "TIMEOUT"]);
});

Deno.test("abort() keeps the outcome of a handler that finishes in spite of it", async () => {
  const stubborn = (run: JobRun) => untilAborted(run).catch(() => done);
  const settlement = await settlementOf(stubborn, (running) => running.abort(null, "cancelled"));
  assert.equal(settlement?.outcome, "done");
});

Deno.test("checkTimeouts() aborts a job, and ends its attempt when the handler ignores the signal", async () => {
  let signal: AbortSignal | undefined;
  const { running, ends, ended } = runs((run) => {
    signal = run.signal;
    return never();
  });
  running.start(claimed(1));
  await Promise.resolve();
  const start = performance.now();
  running.checkTimeouts(start + MINUTE - 1_000);
  assert.equal(signal?.aborted, false);
  running.checkTimeouts(start + MINUTE + 1_000);
  assert.equal(signal?.aborted && signal.reason instanceof JobAborted, true);
  assert.equal(running.size, 1);
  const end = ended();
  running.checkTimeouts(start + MINUTE + 12_000);
  await end;
  const [settlement] = ends;
  assert.deepEqual([settlement?.outcome, settlement?.error?.type], ["retry", "TIMEOUT"]);
  assert.equal(running.sizeOf("BULK"), 0);
});

Deno.test("sizeOf() adds the sizes of the jobs of a lane until they end or are dropped", async () => {
  const { running, ended } = runs(({ job }) => job.fence === 1 ? Promise.resolve(done) : never());
  const lanes: Lane[] = ["BULK", "BULK", "AI"];
  const end = ended();
  lanes.forEach((lane, n) => running.start(claimed(n + 1, { lane, size: n + 1 })));
  assert.deepEqual([running.sizeOf("BULK"), running.sizeOf("AI")], [3, 3]);
  await end;
  assert.deepEqual([running.sizeOf("BULK"), running.sizeOf("AI")], [2, 3]);
  running.drop(null);
  assert.deepEqual([running.sizeOf("BULK"), running.sizeOf("AI")], [0, 0]);
});

Deno.test("start() of a later claim of a job drops the earlier one", async () => {
  const { running, ends, ended } = runs(({ job }) =>
    job.fence === 1 ? never() : Promise.resolve(done)
  );
  const end = ended();
  for (const fence of [1, 2]) running.start(claimed(fence, { id: "job" }));
  assert.equal(running.sizeOf("BULK"), 100);
  await end;
  assert.deepEqual(ends.map((end) => end?.fence), [2]);
  assert.deepEqual([running.size, running.sizeOf("BULK")], [0, 0]);
});

Deno.test("drop() aborts a job and ignores its outcome", async () => {
  let reason: unknown;
  const { running, ends } = runs((run) =>
    untilAborted(run).catch((thrown) => {
      reason = thrown;
      return done;
    })
  );
  running.start(claimed(1));
  await Promise.resolve();
  running.drop([{ id: "job 1", fence: 1 }]);
  while (reason === undefined) await Promise.resolve();
  assert.equal(reason instanceof JobAborted && reason.abortCause, "lease lost");
  await Promise.resolve();
  assert.deepEqual(ends, []);
});

Deno.test("abort() and drop() of an old claim do not affect a later claim of its job", () => {
  let signal: AbortSignal | undefined;
  const { running } = runs((run) => {
    signal = run.signal;
    return never();
  });
  running.start(claimed(2, { id: "job" }));
  running.abort([{ id: "job", fence: 1 }], "cancelled");
  running.drop([{ id: "job", fence: 1 }]);
  assert.equal(signal?.aborted, false);
  assert.equal(running.size, 1);
  running.drop([{ id: "job", fence: 2 }]);
  assert.equal(signal?.aborted, true);
});

Deno.test("fences() returns the fences of the running claims", async () => {
  const { running, ended } = runs(() => Promise.resolve(done));
  const end = ended();
  running.start(claimed(7));
  assert.deepEqual(running.fences(), [7]);
  await end;
  assert.deepEqual(running.fences(), []);
});

Deno.test("takeReports() returns each newest report once; the last one is in the settlement", async () => {
  const progress = (processed: number) => ({
    total: 3,
    processed,
    succeeded: processed,
    failed: 0,
    skipped: 0,
  });
  let finish = () => {};
  // Destructured, because handlers do that.
  const { running, ends, ended } = runs(({ report }) => {
    report(progress(1));
    report(progress(2));
    return new Promise((resolve) => {
      finish = () => {
        report(progress(3));
        resolve(done);
      };
    });
  });
  running.start(claimed(1));
  await Promise.resolve();
  assert.deepEqual(running.takeReports().map(({ progress }) => progress.processed), [2]);
  assert.deepEqual(running.takeReports(), []);
  const end = ended();
  finish();
  await end;
  assert.equal(ends[0]?.progress?.processed, 3);
});
