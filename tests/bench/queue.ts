// The queue compared with a bare SKIP LOCKED loop: drain, enqueue, pick-up. PostgreSQL only.
import { z } from "zod";
import { newId } from "../../src/domain/id.ts";
import { insertJobs, type JobRow, wakeWorkers } from "../../src/domain/jobs/enqueue.ts";
import { done } from "../../src/domain/jobs/outcome.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { bindHandlers } from "../../src/queue/handler.ts";
import { startWorker } from "../../src/queue/worker.ts";
import { testDatabase } from "../support/database.ts";
import { floor } from "./floor.ts";
import { measureAlternately, perSecond, quantile, report } from "./report.ts";

const JOBS = 50_000;
const CHUNK = 5_000;
const SLOTS = 200;
const ROUNDS = 5;
const LONE_JOBS = 500;
const LONE_INTERVAL_MS = 20;
const PAYLOAD = { customer: "c".repeat(40), items: ["a".repeat(60), "b".repeat(60)] };
const PAYLOAD_SCHEMA = z.strictObject({
  customer: z.string().optional(),
  items: z.array(z.string()).optional(),
  at: z.number().optional(),
});

type BenchPayload = z.output<typeof PAYLOAD_SCHEMA>;

const organizationId = newId();

function jobsOf(count: number): JobRow[] {
  return Array.from({ length: count }, () => ({
    organizationId,
    userId: null,
    kind: "BENCH",
    lane: "BULK",
    maxAttempts: 3,
    payload: PAYLOAD,
  }));
}

async function withDatabase<T>(work: (services: Services) => Promise<T>): Promise<T> {
  const { db, close } = await testDatabase();
  const bus = createBus();
  try {
    return await work({ db, bus });
  } finally {
    await bus.close();
    await close();
  }
}

async function rateOf(count: number, work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return count / (performance.now() - start) * 1_000;
}

function enqueue(): Promise<number> {
  return withDatabase((services) => rateOf(JOBS, () => enqueueAll(services)));
}

async function enqueueAll({ db }: Services): Promise<void> {
  for (let i = 0; i < JOBS; i += CHUNK) await insertJobs(db, jobsOf(CHUNK));
}

function drain(): Promise<number> {
  return withDatabase(async (services) => {
    await enqueueAll(services);
    return await rateOf(JOBS, async () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      let count = 0;
      const worker = await startBenchWorker(services, () => {
        if (++count === JOBS) resolve();
      });
      await promise;
      // Settles the last jobs; the measured time includes it.
      await worker.stop();
    });
  });
}

function drainFloor(): Promise<number> {
  return withDatabase(async ({ db }) => {
    await floor.create(db);
    const payloads = Array.from({ length: CHUNK }, () => JSON.stringify(PAYLOAD));
    for (let i = 0; i < JOBS; i += CHUNK) await floor.enqueue(db, payloads);
    return await rateOf(JOBS, () => floor.drain(db, 100, 4));
  });
}

function startBenchWorker(services: Services, onJob: (payload: BenchPayload) => void) {
  const handlers = bindHandlers({ BENCH: { payload: PAYLOAD_SCHEMA, timeoutMs: 60_000 } }, {
    BENCH(_run, payload) {
      onJob(payload);
      return Promise.resolve(done);
    },
  });
  return startWorker(services, { handlers, lanes: new Map([["BULK", SLOTS]]) });
}

// Milliseconds from the call of enqueueJobs() to the start of the handler, on an idle worker.
function pickUp(): Promise<number[]> {
  return withDatabase(async (services) => {
    const waits: number[] = [];
    const all = Promise.withResolvers<void>();
    const worker = await startBenchWorker(services, ({ at }) => {
      waits.push(performance.now() - (at ?? NaN));
      if (waits.length === LONE_JOBS) all.resolve();
    });
    await atIntervals(async () => {
      const [job] = jobsOf(1);
      if (job) await insertJobs(services.db, [{ ...job, payload: { at: performance.now() } }]);
      wakeWorkers(services, ["BULK"]);
    });
    await all.promise;
    await worker.stop();
    return waits;
  });
}

function pickUpFloor(): Promise<number[]> {
  return withDatabase(async ({ db }) => {
    await floor.create(db);
    const waits: number[] = [];
    let wake = () => {};
    const following = floor.follow(
      db,
      () => new Promise((resolve) => wake = resolve),
      (payload) => waits.push(performance.now() - (payload as { at: number }).at),
      LONE_JOBS,
    );
    await atIntervals(async () => {
      await floor.enqueue(db, [JSON.stringify({ at: performance.now() })]);
      wake();
    });
    await following;
    return waits;
  });
}

async function atIntervals(work: () => Promise<void>): Promise<void> {
  for (let i = 0; i < LONE_JOBS; i++) {
    const next = new Promise((resolve) => setTimeout(resolve, LONE_INTERVAL_MS));
    await work();
    await next;
  }
}

const rates = await measureAlternately(ROUNDS, { enqueue, drain, drainFloor });
const { enqueue: enqueued = NaN, drain: drained = NaN, drainFloor: bare = NaN } = rates;
report("enqueue in bulk", perSecond(enqueued));
report(`drain of ${JOBS} no-op jobs, attempts recorded`, perSecond(drained));
report("bare SKIP LOCKED loop, claims of 100", perSecond(bare));
report("drain / bare loop", (drained / bare).toFixed(2));
for (const [name, waits] of [["pick-up", await pickUp()], ["bare", await pickUpFloor()]] as const) {
  const [p50, p99] = [quantile(waits, 0.5), quantile(waits, 0.99)];
  report(`${name} on an idle worker, p50 / p99`, `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`);
}
