// SIGTERM while the database is gone, frozen or slow: the program exits within 10 s, and reports what is lost.
import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres, type PostgresTestDatabase } from "../support/database.ts";
import { type Freezer, openFreezer } from "../support/freezer.ts";
import { messageInput, people } from "../support/messages.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { sleep } from "../support/until.ts";

const MAIN = fileURLToPath(new URL("../../src/main.ts", import.meta.url));
const LIMIT_MS = 10_000;
const ACCEPTED = 20;
const REPLY_MS = 300;
const DELAY_MS = 300;
const COMMANDS = { serve: ["serve", "--port", "0"], worker: ["worker"] };

const FAULTS = {
  gone: (database: Freezer) => database[Symbol.asyncDispose](),
  frozen: (database: Freezer) => database.freezeAll(),
  slow: (database: Freezer) => database.delay(DELAY_MS),
};

interface Stop {
  readonly code: number;
  readonly ms: number;
  readonly log: string;
}

interface Trial {
  readonly command: keyof typeof COMMANDS;
  readonly fault: keyof typeof FAULTS;
  /** Whether mails are in flight when the fault begins. */
  readonly sending: boolean;
}

/** Starts the program; the returned function sends SIGTERM, and returns when the program has exited. */
async function start(
  { command }: Trial,
  settings: Readonly<Record<string, string>>,
): Promise<() => Promise<Stop>> {
  const process = new Deno.Command(Deno.execPath(), {
    args: ["run", "-NRWES", MAIN, ...COMMANDS[command]],
    env: { ADMIN_API_KEY: "key-of-this-test", LOG_FORMAT: "text", ...settings },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const ready = Promise.withResolvers<void>();
  let log = "";
  const read = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) {
      log += text;
      if (/Waybill is ready|Worker started/.test(log)) ready.resolve();
    }
    ready.reject(new Error(`The program exited before it was ready; its output: ${log}`));
  };
  const reading = Promise.all([read(process.stdout), read(process.stderr)]);
  await ready.promise;
  return async () => {
    const before = log.length;
    const signalled = performance.now();
    process.kill("SIGTERM");
    const { code } = await process.status;
    const ms = performance.now() - signalled;
    await reading;
    return { code, ms, log: log.slice(before) };
  };
}

async function stopDuring(trial: Trial, { db, url }: PostgresTestDatabase): Promise<Stop> {
  const services = { db, bus: createBus() };
  const database = openFreezer(new URL(url));
  const mail = await startSmtpServer({ beforeReply: () => sleep(REPLY_MS) });
  const stop = await start(trial, { DATABASE_URL: database.url, SMTP_URLS: mail.url });
  if (trial.sending) {
    const { admin } = await createOrganization(db);
    await sendMessage(services, admin, messageInput({ to: { list: people(300) } }));
    await mail.untilReceived(ACCEPTED);
  }
  await FAULTS[trial.fault](database);
  const stopped = await stop();
  if (trial.fault !== "gone") await database[Symbol.asyncDispose]();
  await mail.close();
  await services.bus.close();
  assert.ok(stopped.ms < LIMIT_MS, `${stopped.ms} ms`);
  return stopped;
}

for (const command of ["serve", "worker"] as const) {
  for (const fault of ["gone", "frozen"] as const) {
    onPostgres(
      `${command} reports its jobs and deliveries if the database is ${fault}`,
      async (db) => {
        const { code, log } = await stopDuring({ command, fault, sending: true }, db);
        assert.equal(code, 3, log);
        assert.match(log, /Cannot deregister worker .*job_/);
        assert.match(log, /Results of [1-9]\d* deliveries are not recorded; they become UNKNOWN/);
        assert.doesNotMatch(log, /^ +at /m);
      },
    );
    onPostgres(`${command} exits if the database is ${fault} and nothing runs`, async (db) => {
      const { code, log } = await stopDuring({ command, fault, sending: false }, db);
      assert.equal(code, 3, log);
      assert.match(log, /Cannot deregister worker/);
      assert.doesNotMatch(log, /deliveries|^ +at /m);
    });
  }
  for (const sending of [true, false]) {
    const name = `${command} stops gracefully if the database is slow`;
    onPostgres(`${name}${sending ? " and mails are in flight" : ""}`, async (db) => {
      const { code, log } = await stopDuring({ command, fault: "slow", sending }, db);
      assert.equal(code, 0, log);
      assert.doesNotMatch(log, /Cannot|UNKNOWN/);
    });
  }
}
