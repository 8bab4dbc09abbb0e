// Messages of one recipient, through a `serve` process with default settings, by 8 HTTP clients: accepted and
// sent per second, latency to the acceptance by the mail server, a backlog, and beside a bulk. PostgreSQL only,
// Linux only. Options for a short run: --seconds, --backlog, --bulk, --lone.
import { parseArgs } from "node:util";
import type { Caller } from "../../src/domain/access/access.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import type { Services } from "../../src/domain/services.ts";
import { testDatabase } from "../support/database.ts";
import { request } from "../support/program.ts";
import { cpuSeconds } from "./cpu.ts";
import { perSecond, report } from "./report.ts";
import {
  type Bench,
  inputOf,
  type Lane,
  now,
  reportLatencies,
  SEND,
  send,
  sendLone,
  startBulk,
  type Target,
  untilAccepted,
  withProgram,
} from "./small_messages.ts";
import { readSink, startSink, throughPool } from "./smtp_send.ts";

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
const CLIENTS = 8;

/** Sends from all clients for `SECONDS`; returns the number of accepted messages. */
async function sendForSeconds(target: Target, lane: Lane): Promise<number> {
  const end = performance.now() + SECONDS * 1_000;
  let count = 0;
  await Promise.all(Array.from({ length: CLIENTS }, async () => {
    while (performance.now() < end) await send(target, lane, count++);
  }));
  return count;
}

async function measureIdle({ target }: Bench): Promise<void> {
  await sendLone(target, sink.port, LONE);
  reportLatencies("idle: mutation to SMTP acceptance", await sendLone(target, sink.port, LONE));
}

async function measureRate(bench: Bench, lane: Lane): Promise<void> {
  await readSink(sink.port);
  const before = await cpuSeconds(bench);
  const start = now();
  const accepted = await sendForSeconds(bench.target, lane);
  const end = now();
  const { accepted: sent } = await readSink(sink.port);
  const emptyAt = sent < accepted ? await untilAccepted(sink.port, accepted - sent) : end;
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
  const seconds = (await untilAccepted(sink.port, BACKLOG) - start) / 1_000;
  report(`backlog of ${BACKLOG} drained`, perSecond(BACKLOG / seconds));
  const { own, database } = await cpuSeconds(bench);
  const perMessage = (total: number) => (total * 1_000 / BACKLOG).toFixed(2);
  report(
    "  CPU per message, process + PostgreSQL",
    `${perMessage(own)} + ${perMessage(database)} ms`,
  );
}

async function measureBesideBulk({ target }: Bench): Promise<void> {
  await untilAccepted(sink.port, 1_000);
  reportLatencies(
    `beside a bulk of ${BULK}: to SMTP acceptance`,
    await sendLone(target, sink.port, LONE),
  );
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

const sink = await startSink();
report(`bare HTTP and one insert, ${CLIENTS} clients`, perSecond(await acceptedByFloor()));
report("bare nodemailer pool", perSecond(await throughPool(sink.port)));
await withProgram(sink.port, () => Promise.resolve(), async (bench) => {
  await measureIdle(bench);
  await measureRate(bench, "TRANSACTIONAL");
  await measureRate(bench, "BULK");
});
if (BACKLOG > 0) await withProgram(sink.port, fillBacklog, measureBacklog);
if (BULK > 0) {
  const start = (services: Services, caller: Caller) => startBulk(services, caller, BULK);
  await withProgram(sink.port, start, measureBesideBulk);
}
await sink.stop();
