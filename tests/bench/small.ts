// Messages of one recipient, through a `serve` process with default settings, by 8 HTTP clients: accepted and
// sent per second, latency to the acceptance by the mail server, a backlog, and beside a bulk. PostgreSQL only,
// Linux only. Options for a short run: --seconds, --backlog, --bulk, --lone.
import { parseArgs } from "node:util";
import { statement } from "../../src/db/database.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import { createApiKey } from "../../src/domain/access/api_keys.ts";
import type { SendMessageInput } from "../../src/domain/messages/input.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { type Program, request, startProgram } from "../support/program.ts";
import { fillAudience } from "./audience.ts";
import { perSecond, quantile, report } from "./report.ts";
import { readSink, startSink, templates, throughPool } from "./smtp_send.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "5" },
    backlog: { type: "string", default: "20000" },
    bulk: { type: "string", default: "200000" },
    lone: { type: "string", default: "200" },
  },
});
const SECONDS = Number(values.seconds);
const BACKLOG = Number(values.backlog);
const BULK = Number(values.bulk);
const LONE = Number(values.lone);
const LONE_INTERVAL_MS = 50;
const CLIENTS = 8;
const TICKS_PER_SECOND = 100;

type Target = Pick<Program, "address" | "key">;
type Lane = SendMessageInput["lane"];

const SEND = `mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) {
    __typename
    ... on SendMessagePayload { message { id status } }
    ... on Error { reason }
  }
}`;

function inputOf(lane: Lane, n: number): SendMessageInput {
  const address = `at${performance.timeOrigin + performance.now()}@example.net`;
  return {
    title: "Bench",
    channel: "EMAIL",
    type: "bench",
    lane,
    priority: 0,
    content: templates,
    to: { list: [{ address, name: `Person ${n}`, variables: { n } }] },
    retry: { mode: "MANUAL", maxAttempts: 3 },
    onUnknown: "HOLD",
    unsubscribable: false,
  };
}

async function send(target: Target, lane: Lane, n: number): Promise<void> {
  const { retry: _retry, ...input } = inputOf(lane, n);
  const { sendMessage: result } = await request<{ sendMessage?: { __typename: string } }>(
    target,
    SEND,
    { input },
  );
  if (result && result.__typename === "SendMessagePayload") return;
  throw new Error(`Cannot send: ${JSON.stringify(result)}`);
}

/** Sends from all clients for `SECONDS`; returns the number of accepted messages. */
async function sendForSeconds(target: Target, lane: Lane): Promise<number> {
  const end = performance.now() + SECONDS * 1_000;
  let count = 0;
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (performance.now() < end) await send(target, lane, count++);
  }));
  return count;
}

async function sendLone(target: Target): Promise<number[]> {
  const sent: Promise<void>[] = [];
  for (let n = 0; n < LONE; n++) {
    sent.push(send(target, "TRANSACTIONAL", n));
    await pause(LONE_INTERVAL_MS);
  }
  await Promise.all(sent);
  const latencies: number[] = [];
  while (latencies.length < LONE) {
    await pause(100);
    latencies.push(...(await readSink(sink.port)).latencies);
  }
  return latencies;
}

interface Bench {
  readonly services: Services;
  readonly caller: Caller;
  readonly target: Program;
}

/** Fills a database, starts the program on it and measures. */
async function withProgram(
  fill: (services: Services, caller: Caller) => Promise<unknown>,
  measure: (bench: Bench) => Promise<void>,
): Promise<void> {
  const { db, url, close } = await testDatabase();
  const services: Services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const { secret } = await createApiKey(services, admin, { name: "bench", role: "ADMIN" });
  await fill(services, admin);
  await readSink(sink.port);
  const program = await startProgram({
    DATABASE_URL: url,
    SMTP_URLS: `smtp://127.0.0.1:${sink.port}`,
    ADMIN_API_KEY: "operator-key-of-this-bench",
  });
  await measure({ services, caller: admin, target: { ...program, key: secret } });
  await program.stop();
  await services.bus.close();
  await close();
}

const BACKENDS = statement<[], { pid: number }>(
  "bench.backends",
  "select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()",
);

/** Seconds of processor time that the program and its database have used. */
async function cpuSeconds({ services, target }: Bench): Promise<{ own: number; database: number }> {
  const backends = await services.db.run(BACKENDS);
  const database = await Promise.all(backends.map(({ pid }) => cpuOf(pid)));
  return {
    own: await cpuOf(target.process.pid),
    database: database.reduce((sum, seconds) => sum + seconds, 0),
  };
}

async function cpuOf(pid: number): Promise<number> {
  const stat = await Deno.readTextFile(`/proc/${pid}/stat`);
  const [user, system] = stat.slice(stat.lastIndexOf(")")).split(" ").slice(12, 14);
  return (Number(user) + Number(system)) / TICKS_PER_SECOND;
}

/** Waits until the sink has accepted `count` mails since the last reading; returns when, in ms. */
async function untilAccepted(count: number): Promise<number> {
  let lastAt = 0;
  for (let accepted = 0; accepted < count; await pause(50)) {
    const stats = await readSink(sink.port);
    accepted += stats.accepted;
    lastAt = stats.lastAt ?? lastAt;
  }
  return lastAt;
}

async function measureIdle({ target }: Bench): Promise<void> {
  await sendLone(target);
  reportLatencies("idle: mutation to SMTP acceptance", await sendLone(target));
}

async function measureRate(bench: Bench, lane: Lane): Promise<void> {
  await readSink(sink.port);
  const before = await cpuSeconds(bench);
  const start = now();
  const accepted = await sendForSeconds(bench.target, lane);
  const end = now();
  const { accepted: sent } = await readSink(sink.port);
  const emptyAt = sent < accepted ? await untilAccepted(accepted - sent) : end;
  const after = await cpuSeconds(bench);
  report(`${lane}: accepted from ${CLIENTS} clients`, perSecond(accepted / (end - start) * 1_000));
  report("  sent while accepting", perSecond(sent / (end - start) * 1_000));
  report("  backlog empty after", `${((emptyAt - end) / 1_000).toFixed(1)} s`);
  const perMessage = (seconds: number) => (seconds * 1_000 / accepted).toFixed(2);
  const [own, database] = [after.own - before.own, after.database - before.database];
  report(
    "  CPU per message, process + PostgreSQL",
    `${perMessage(own)} + ${perMessage(database)} ms`,
  );
}

async function fillBacklog(services: Services, caller: Caller): Promise<void> {
  let n = 0;
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (n < BACKLOG) await sendMessage(services, caller, inputOf("BULK", n++));
  }));
}

async function measureBacklog(bench: Bench): Promise<void> {
  const start = now();
  const seconds = (await untilAccepted(BACKLOG) - start) / 1_000;
  report(`backlog of ${BACKLOG} drained`, perSecond(BACKLOG / seconds));
  const { own, database } = await cpuSeconds(bench);
  const perMessage = (total: number) => (total * 1_000 / BACKLOG).toFixed(2);
  report(
    "  CPU per message, process + PostgreSQL",
    `${perMessage(own)} + ${perMessage(database)} ms`,
  );
}

async function startBulk(services: Services, caller: Caller): Promise<void> {
  const audienceId = await fillAudience(services, caller, BULK);
  await sendMessage(services, caller, { ...inputOf("BULK", 0), to: { audienceId } });
}

async function measureBesideBulk({ target }: Bench): Promise<void> {
  await untilAccepted(1_000);
  reportLatencies(`beside a bulk of ${BULK}: to SMTP acceptance`, await sendLone(target));
}

/** Rate of the minimal API, whose clients send the same requests. */
async function acceptedByFloor(): Promise<number> {
  const { url, close } = await testDatabase();
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", new URL("./http_floor.ts", import.meta.url).pathname],
    env: { DATABASE_URL: url },
    stdout: "piped",
  }).spawn();
  const output = process.stdout.getReader();
  const port = Number(new TextDecoder().decode((await output.read()).value));
  const target = { address: `http://127.0.0.1:${port}`, key: "" };
  const end = performance.now() + SECONDS * 1_000;
  let count = 0;
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (performance.now() < end) {
      await request(target, SEND, { input: inputOf("BULK", count++) });
    }
  }));
  await output.cancel();
  process.kill();
  await process.status;
  await close();
  return count / SECONDS;
}

function reportLatencies(what: string, latencies: readonly number[]): void {
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  report(`${what}, p50 / p99`, `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`);
}

function now(): number {
  return performance.timeOrigin + performance.now();
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

const sink = await startSink();
report(`bare HTTP and one insert, ${CLIENTS} clients`, perSecond(await acceptedByFloor()));
report("bare nodemailer pool", perSecond(await throughPool(sink.port)));
await withProgram(() => Promise.resolve(), async (bench) => {
  await measureIdle(bench);
  await measureRate(bench, "TRANSACTIONAL");
  await measureRate(bench, "BULK");
});
if (BACKLOG > 0) await withProgram(fillBacklog, measureBacklog);
if (BULK > 0) await withProgram(startBulk, measureBesideBulk);
await sink.stop();
