import assert from "node:assert/strict";
import type { ClaimedJob } from "../../src/domain/jobs/claim.ts";
import type { Lane } from "../../src/domain/jobs/job.ts";
import { cancelled, done, JobFailure, settled, snooze } from "../../src/domain/jobs/outcome.ts";
import type { Settlement } from "../../src/domain/jobs/settle.ts";
import { JobAborted, type JobHandler, type JobRun } from "../../src/queue/handler.ts";
import { RunningJobs } from "../../src/queue/running_jobs.ts";

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
    attempt: 1,
    maxAttempts: 3,
    subject: null,
    payload: {},
    ...given,
  };
}

/** Runs jobs by one handler; `ended` resolves with the next end. */
function runs(run: JobHandler["run"]): { running: RunningJobs; ended: () => Promise<void> } {
  let next = Promise.withResolvers<void>();
  const running = new RunningJobs(new Map([["work", { timeoutMs: MINUTE, run }]]), () => {
    next.resolve();
    next = Promise.withResolvers();
  });
  return { running, ended: () => next.promise };
}

/** How one run of a handler is settled. */
async function settlementOf(
  run: JobHandler["run"],
  meanwhile: (running: RunningJobs) => void = () => {},
): Promise<Settlement | undefined> {
  const { running, ended } = runs(run);
  const end = ended();
  running.start(claimed(1));
  meanwhile(running);
  await end;
  assert.equal(running.size, 0);
  return running.takeEnded()[0];
}

const untilAborted = ({ signal }: JobRun) =>
  new Promise<never>((_, reject) =>
    signal.addEventListener("abort", () => reject(signal.reason), { once: true })
  );
const never = () => new Promise<never>(() => {});

Deno.test("what a handler answers is what is settled", async () => {
  const answer = (outcome: Awaited<ReturnType<JobHandler["run"]>>) =>
    settlementOf(() => Promise.resolve(outcome));
  assert.equal((await answer(done))?.outcome, "done");
  assert.equal((await answer(cancelled))?.outcome, "cancel");
  assert.equal(await answer(settled), undefined);
  const later = await answer(snooze(5_000));
  assert.deepEqual([later?.outcome, later?.delayMs], ["snooze", 5_000]);
});

for (const delayMs of [Infinity, 1e300, -1, NaN]) {
  Deno.test(`a wait of ${delayMs} ms becomes one that a calendar has`, async () => {
    const settlement = await settlementOf(() => Promise.resolve(snooze(delayMs)));
    const year = 366 * 24 * 60 * MINUTE;
    const wait = settlement?.delayMs ?? NaN;
    assert.ok(wait >= 0 && wait < year, `waits ${wait} ms`);
  });
}

Deno.test("what a handler throws is retried with a backoff, unless it says otherwise", async () => {
  const fault = await settlementOf(() => Promise.reject(new Error("boom")));
  assert.deepEqual([fault?.outcome, fault?.error?.type], ["retry", "INTERNAL"]);
  assert.ok(fault && fault.delayMs >= 1_600 && fault.delayMs <= 2_400);

  const failure = (options: JobFailure["options"]) =>
    settlementOf(() => Promise.reject(new JobFailure("RATE_LIMIT", "Slow down", options)));
  assert.equal((await failure({ retryAfterMs: 90_000 }))?.delayMs, 90_000);
  assert.equal((await failure({ retryable: false }))?.outcome, "fail");
});

Deno.test("a handler that throws before its first await harms no neighbour", async () => {
  const { running, ended } = runs(({ job }) => {
    if (job.fence === 1) throw new Error("boom");
    return Promise.resolve(done);
  });
  running.start(claimed(1));
  running.start(claimed(2));
  while (running.size > 0) await ended();
  const outcomes = running.takeEnded().map(({ fence, outcome }) => `${fence} ${outcome}`);
  assert.deepEqual(outcomes.sort(), ["1 retry", "2 done"]);
});

Deno.test("a kind that nobody handles is retried: another replica may know it", async () => {
  const running = new RunningJobs(new Map(), () => {});
  running.start(claimed(1, { kind: "from the future" }));
  while (running.size > 0) await Promise.resolve();
  const [settlement] = running.takeEnded();
  assert.deepEqual([settlement?.outcome, settlement?.error?.type], ["retry", "UNKNOWN_KIND"]);
});

Deno.test("the cause of the abort decides how an aborted run is settled", async () => {
  const aborted = (why: ConstructorParameters<typeof JobAborted>[0]) =>
    settlementOf(untilAborted, (running) => running.abort(null, why));
  assert.equal((await aborted("stopping"))?.outcome, "release");
  assert.equal((await aborted("cancelled"))?.outcome, "cancel");
  const late = await aborted("timeout");
  assert.deepEqual([late?.outcome, late?.error?.type], ["retry", "TIMEOUT"]);
});

Deno.test("a run that ends well although it was aborted has ended well", async () => {
  const stubborn = (run: JobRun) => untilAborted(run).catch(() => done);
  const settlement = await settlementOf(stubborn, (running) => running.abort(null, "cancelled"));
  assert.equal(settlement?.outcome, "done");
});

Deno.test("a run that overruns its time is told, and given up when it does not listen", async () => {
  let signal: AbortSignal | undefined;
  const { running, ended } = runs((run) => {
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
  const [settlement] = running.takeEnded();
  assert.deepEqual([settlement?.outcome, settlement?.error?.type], ["retry", "TIMEOUT"]);
  assert.equal(running.countOf("BULK"), 0);
});

Deno.test("slots are counted by lane, and free when their jobs end or are dropped", async () => {
  const { running, ended } = runs(({ job }) => job.fence === 1 ? Promise.resolve(done) : never());
  const lanes: Lane[] = ["BULK", "BULK", "AI"];
  const end = ended();
  lanes.forEach((lane, n) => running.start(claimed(n + 1, { lane })));
  assert.deepEqual([running.countOf("BULK"), running.countOf("AI")], [2, 1]);
  await end;
  assert.deepEqual([running.countOf("BULK"), running.countOf("AI")], [1, 1]);
  running.drop(null);
  assert.deepEqual([running.countOf("BULK"), running.countOf("AI")], [0, 0]);
});

Deno.test("a dropped run is told, and its end is nobody's business any more", async () => {
  let why: unknown;
  const { running } = runs((run) =>
    untilAborted(run).catch((reason) => {
      why = reason;
      return done;
    })
  );
  running.start(claimed(1));
  await Promise.resolve();
  running.drop([{ id: "job 1", fence: 1 }]);
  while (why === undefined) await Promise.resolve();
  assert.equal(why instanceof JobAborted && why.why, "lease lost");
  await Promise.resolve();
  assert.deepEqual(running.takeEnded(), []);
});

Deno.test("an old claim's cancel or loss leaves the job's next run alone", () => {
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

Deno.test("a claim is held until its end is settled", async () => {
  const { running, ended } = runs(() => Promise.resolve(done));
  const end = ended();
  running.start(claimed(7));
  assert.deepEqual(running.fences(), [7]);
  await end;
  assert.deepEqual(running.fences(), [7]);
  const taken = running.takeEnded();
  assert.deepEqual(running.fences(), [7]);
  running.returnEnded(taken);
  assert.deepEqual(running.fences(), [7]);
  assert.deepEqual(running.takeEnded(), taken);
  running.forgetEnded(taken);
  assert.deepEqual(running.fences(), []);
});

Deno.test("reports are handed over once each, the newest, and the last with the end", async () => {
  const progress = (processed: number) => ({
    total: 3,
    processed,
    succeeded: processed,
    failed: 0,
    skipped: 0,
  });
  let finish = () => {};
  // Taken out of the run, as handlers do.
  const { running, ended } = runs(({ report }) => {
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
  assert.equal(running.takeEnded()[0]?.progress?.processed, 3);
});
