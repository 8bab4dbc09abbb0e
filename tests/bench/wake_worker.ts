// Works off the jobs of wake_up.ts in a process of its own, and prints for each how many milliseconds after the
// time in its payload it was started. The argument is "queue" (our worker) or "bare" (LISTEN and SKIP LOCKED).
import { z } from "zod";
import { openDatabase } from "../../src/db/database.ts";
import { done } from "../../src/domain/jobs/outcome.ts";
import { createBus } from "../../src/events/bus.ts";
import { postgresTransport } from "../../src/events/postgres.ts";
import { bindHandlers } from "../../src/queue/handler.ts";
import { startWorker } from "../../src/queue/worker.ts";
import { floor } from "./floor.ts";

const PAYLOAD = z.strictObject({ at: z.number() });

const connectionString = Deno.env.get("DATABASE_URL");
const onError = (error: unknown) => {
  throw error;
};
const db = openDatabase({ connection: { connectionString }, size: 5, embedded: false, onError });

function print(text: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${text}\n`));
}

function printWait(at: number): void {
  print((performance.timeOrigin + performance.now() - at).toFixed(3));
}

async function workQueue(): Promise<void> {
  const connected = Promise.withResolvers<void>();
  const bus = createBus(postgresTransport(() => db.dedicated(), onError));
  bus.subscribe("queue", () => connected.resolve());
  await connected.promise;
  const handlers = bindHandlers({ BENCH: { payload: PAYLOAD, timeoutMs: 60_000 } }, {
    BENCH(_run, { at }) {
      printWait(at);
      return Promise.resolve(done);
    },
  });
  await startWorker({ db, bus }, { handlers, lanes: new Map([["BULK", 10]]) });
  print("ready");
}

async function workBare(): Promise<void> {
  let wake = () => {};
  const client = await db.dedicated();
  client.on("notification", () => wake());
  await client.query("listen floor");
  print("ready");
  await floor.follow(
    db,
    () => new Promise((resolve) => wake = resolve),
    (payload) => printWait(PAYLOAD.parse(payload).at),
    Infinity,
  );
}

await (Deno.args[0] === "queue" ? workQueue() : workBare());
