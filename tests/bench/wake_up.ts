// The time from enqueuing a job in one process to its start in another, compared with a bare loop of
// LISTEN/NOTIFY and SKIP LOCKED in the same run. PostgreSQL only. The argument is the number of jobs per round.
import { type Database, statement } from "../../src/db/database.ts";
import { newId } from "../../src/domain/id.ts";
import { insertJobs, wakeWorkers } from "../../src/domain/jobs/enqueue.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { postgresTransport } from "../../src/events/postgres.ts";
import { testDatabase } from "../support/database.ts";
import { floor } from "./floor.ts";
import { quantile, report } from "./report.ts";

const JOBS = Number(Deno.args[0] ?? 300);
const INTERVAL_MS = 20;
const ROUNDS = 3;
const NOTIFY = statement<[]>("floor.notify", "select pg_notify('floor', '')");

/** Starts a worker process, enqueues jobs one by one and returns the waits that it prints. */
async function measure(
  mode: "queue" | "bare",
  url: string,
  enqueue: (at: number) => Promise<unknown>,
): Promise<number[]> {
  const worker = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("./wake_worker.ts", import.meta.url).pathname, mode],
    env: { DATABASE_URL: url },
    stdout: "piped",
  }).spawn();
  let text = "";
  const waits: number[] = [];
  for await (const part of worker.stdout.pipeThrough(new TextDecoderStream())) {
    text += part;
    const lines = text.split("\n");
    text = lines.pop() ?? "";
    for (const line of lines) {
      if (line === "ready") enqueueAll(enqueue);
      else waits.push(Number(line));
    }
    if (waits.length === JOBS) worker.kill("SIGKILL");
  }
  await worker.status;
  return waits;
}

async function enqueueAll(enqueue: (at: number) => Promise<unknown>): Promise<void> {
  for (let n = 0; n < JOBS; n++) {
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
    await enqueue(performance.timeOrigin + performance.now());
  }
}

async function throughQueue(services: Services, url: string): Promise<number[]> {
  const organizationId = newId();
  const job = {
    organizationId,
    userId: null,
    kind: "BENCH",
    lane: "BULK",
    maxAttempts: 1,
  } as const;
  return await measure("queue", url, async (at) => {
    await insertJobs(services.db, [{ ...job, payload: { at } }]);
    wakeWorkers(services, ["BULK"]);
  });
}

async function throughBareLoop(db: Database, url: string): Promise<number[]> {
  return await measure("bare", url, async (at) => {
    await floor.enqueue(db, [JSON.stringify({ at })]);
    await db.run(NOTIFY);
  });
}

const { db, url, close } = await testDatabase();
const services: Services = {
  db,
  bus: createBus(postgresTransport(() => db.dedicated(), () => {})),
};
await floor.create(db);
const waits = { queue: [] as number[], bare: [] as number[] };
for (let round = 0; round < ROUNDS; round++) {
  waits.queue.push(...await throughQueue(services, url));
  waits.bare.push(...await throughBareLoop(db, url));
}
await services.bus.close();
await close();

const percentiles = (values: readonly number[]) => [quantile(values, 0.5), quantile(values, 0.99)];
const [ours, bare] = [percentiles(waits.queue), percentiles(waits.bare)];
const format = (values: readonly number[]) => values.map((value) => value.toFixed(1)).join(" / ");
report("wake-up in another process, p50 / p99", `${format(ours)} ms`);
report("bare LISTEN/NOTIFY and SKIP LOCKED loop", `${format(bare)} ms`);
report("queue / bare loop, p50", ((ours[0] ?? NaN) / (bare[0] ?? NaN)).toFixed(2));
