// Stop signals as terminals and supervisors send them, under `deno task start`, while mails are in flight.
import assert from "node:assert/strict";
import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { statement } from "../../src/db/database.ts";
import { openEmbeddedDatabase } from "../../src/db/embedded.ts";
import { embeddedDirectory } from "../support/database.ts";
import { people } from "../support/messages.ts";
import { request, runProgram } from "../support/program.ts";
import { type SmtpTestServer, startSmtpServer } from "../support/smtp.ts";
import { sleep } from "../support/until.ts";

const REPOSITORY = fileURLToPath(new URL("../../", import.meta.url));
const KEY = "key-of-this-test";
const PEOPLE = 300;
// Number of accepted mails before the signal.
const ACCEPTED = 20;
const REPLY_MS = 400;
// Longer than the time in which a second signal counts as a repeat of the first.
const PAUSE_MS = 1_500;

const SEND = `mutation ($list: [RecipientInput!]) {
  sendMessage(input: { title: "July", to: { list: $list }, content: { subject: "News" } }) {
    ... on SendMessagePayload { message { id } } ... on Error { reason }
  }
}`;

const STATUSES = statement<[], { status: string; count: number }>(
  "test.statuses",
  "select status, count(*) from deliveries group by status order by status",
);

// Each runs a command as a process group of its own; `script` runs it in a pseudo-terminal, too.
const GROUP = ["setsid"];
const TERMINAL = ["script", "--quiet", "--return", "/dev/null", "--command"];
const CTRL_C = new Uint8Array([3]);

interface Given {
  readonly directory: string;
  readonly sockets: string;
  readonly mail: SmtpTestServer;
}

/** Runs `test` with an embedded database, a directory for its socket, and a slow mail server. */
async function withSlowMail(test: (given: Given) => Promise<void>): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "waybill-test-"));
  await rename(await embeddedDirectory(), join(directory, "database"));
  const sockets = join(directory, "sockets");
  await mkdir(sockets);
  const mail = await startSmtpServer({ beforeReply: () => sleep(REPLY_MS) });
  try {
    await test({ directory, sockets, mail });
  } finally {
    await mail.close();
    await rm(directory, { recursive: true });
  }
}

/** Starts `deno task start` in a process group, and sends a message until some of its mails are accepted. */
async function startSending(
  { directory, sockets, mail }: Given,
  [command = "", ...args]: readonly string[],
): Promise<Deno.ChildProcess> {
  const task = [Deno.execPath(), "task", "start"];
  // `script` runs its argument by a shell. Without "exec" a shell that stays gets the signal, too, and reports it.
  const process = new Deno.Command(command, {
    args: command === "script" ? [...args, `exec ${task.join(" ")}`] : [...args, ...task],
    cwd: REPOSITORY,
    env: {
      DATABASE_URL: "",
      DATA_DIR: directory,
      TMPDIR: sockets,
      SMTP_URLS: mail.url,
      ADMIN_API_KEY: KEY,
      LOG_LEVEL: "error",
      PORT: "0",
    },
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const address = await readAddress(process);
  await request({ address, key: KEY }, SEND, { list: people(PEOPLE) });
  await mail.untilReceived(ACCEPTED);
  assert.equal(await countFiles(sockets), 1);
  return process;
}

async function countFiles(directory: string): Promise<number> {
  return (await Array.fromAsync(Deno.readDir(directory))).length;
}

/** Reads the address from the output, and the rest of the output in the background. */
function readAddress(process: Deno.ChildProcess): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  (async () => {
    let printed = "";
    for await (const text of process.stdout.pipeThrough(new TextDecoderStream())) {
      printed += text;
      const address = /ready at (http:\S+)\/graphql/.exec(printed)?.[1];
      if (address) resolve(address);
    }
    reject(new Error(`The program exited before it was ready; its output: ${printed}`));
  })();
  return promise;
}

/** Counts the deliveries by status, after the program has stopped. */
async function countStatuses({ directory }: Given): Promise<Record<string, number>> {
  const db = await openEmbeddedDatabase(join(directory, "database"), (error) => {
    throw error;
  });
  const rows = await db.run(STATUSES);
  await db.close();
  return Object.fromEntries(rows.map(({ status, count }) => [status, count]));
}

async function assertStoppedGracefully(given: Given, process: Deno.ChildProcess): Promise<void> {
  assert.equal((await process.status).code, 0);
  assert.equal(await countFiles(given.sockets), 0);
  const sent = given.mail.received.length;
  assert.ok(sent < PEOPLE);
  assert.deepEqual(await countStatuses(given), { PENDING: PEOPLE - sent, SENT: sent });
}

async function press(process: Deno.ChildProcess, key: Uint8Array): Promise<void> {
  const keyboard = process.stdin.getWriter();
  await keyboard.write(key);
  keyboard.releaseLock();
}

Deno.test("Ctrl-C in a terminal stops `deno task start` gracefully", () =>
  withSlowMail(async (given) => {
    const process = await startSending(given, TERMINAL);
    await press(process, CTRL_C);
    await assertStoppedGracefully(given, process);
  }));

Deno.test("A SIGTERM to the process group stops `deno task start` gracefully", () =>
  withSlowMail(async (given) => {
    const process = await startSending(given, GROUP);
    Deno.kill(-process.pid, "SIGTERM");
    await assertStoppedGracefully(given, process);
  }));

Deno.test("A second Ctrl-C after a pause ends `deno task start` at once", () =>
  withSlowMail(async (given) => {
    const { mail } = given;
    const unanswered = Promise.withResolvers<void>();
    mail.replies.beforeReply = () => {
      if (mail.received.length < ACCEPTED) return sleep(REPLY_MS);
      unanswered.resolve();
      return new Promise(() => {});
    };
    const process = await startSending(given, TERMINAL);
    await unanswered.promise;
    await press(process, CTRL_C);
    await sleep(PAUSE_MS);
    const pressed = performance.now();
    await press(process, CTRL_C);
    assert.equal((await process.status).code, 130);
    assert.ok(performance.now() - pressed < 3_000);
    assert.equal(await countFiles(given.sockets), 0);
  }));

Deno.test("A failed start removes the socket directory", () =>
  withSlowMail(async ({ directory, sockets }) => {
    using busy = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const settings = { DATA_DIR: directory, TMPDIR: sockets };
    const { code } = await runProgram(["serve", "--port", `${busy.addr.port}`], settings);
    assert.equal(code, 1);
    assert.equal(await countFiles(sockets), 0);
  }));
