// A backup is taken while a message is sent, the rest is sent, and the backup is restored.
import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { onPostgres } from "../support/database.ts";
import { people } from "../support/messages.ts";
import { type Program, request, startProgram, startWorkerProgram } from "../support/program.ts";
import { type SmtpTestServer, startSmtpServer } from "../support/smtp.ts";
import { until } from "../support/until.ts";

const RECIPIENTS = 300;
const BEFORE_BACKUP = 120;
const KEY = "operator-of-the-restore-test";
// Starting the program takes long while other tests run.
const PATIENCE_MS = 120_000;

const SEND = `mutation ($list: [RecipientInput!]) {
  sendMessage(input: {
    title: "July", content: { subject: "July", text: "News" }, to: { list: $list }
  }) { ... on SendMessagePayload { message { id } } }
}`;
const READ = `query ($id: ID!) {
  installation { hold { reason pendingMessageCount pendingDeliveryCount } }
  message(id: $id) { status waitingFor { reason } stats { total sent unknown pending } }
}`;
const RELEASE = "mutation { releaseHold { __typename } }";

interface State {
  readonly installation: {
    readonly hold: {
      readonly reason: string;
      readonly pendingMessageCount: number;
      readonly pendingDeliveryCount: number;
    } | null;
  };
  readonly message: {
    readonly status: string;
    readonly waitingFor: { readonly reason: string } | null;
    readonly stats: Readonly<Record<"total" | "sent" | "unknown" | "pending", number>>;
  };
}

/** The database of the program under test. */
interface Subject {
  readonly settings: Readonly<Record<string, string>>;
  /** Copies the database while no process uses it. */
  backUp(): Promise<void>;
  /** Replaces the database by the copy; returns the settings of the programs that use it. */
  restore(): Promise<Readonly<Record<string, string>>>;
  /** Number of further workers that run after the restore. */
  readonly workers: number;
}

async function testRestore(subject: Subject, smtp: SmtpTestServer): Promise<string> {
  const common = { SMTP_URLS: smtp.url, ADMIN_API_KEY: KEY };
  const id = await sendUntilBackup(await startProgram({ ...common, ...subject.settings }), smtp);
  await subject.backUp();
  await sendRest(await startProgram({ ...common, ...subject.settings }), smtp, id);
  const settings = { ...common, ...await subject.restore() };
  const workers = Array.from({ length: subject.workers }, () => startWorkerProgram(settings));
  const program = await startProgram(settings);
  try {
    return await releaseAfterLook(program, smtp, id);
  } finally {
    await Promise.all([program, ...workers].map((running) => running.stop()));
  }
}

/** Sends a message, and kills the program while mails are in flight. Returns the id of the message. */
async function sendUntilBackup(program: Program, smtp: SmtpTestServer): Promise<string> {
  const gate = Promise.withResolvers<void>();
  let replies = 0;
  smtp.replies.beforeReply = () => replies++ < BEFORE_BACKUP ? Promise.resolve() : gate.promise;
  const { sendMessage } = await request<{ sendMessage: { message: { id: string } } }>(
    program,
    SEND,
    { list: people(RECIPIENTS).map(({ address, name }) => ({ address, name })) },
  );
  await until("mails are in flight", () => replies > BEFORE_BACKUP, PATIENCE_MS);
  program.process.kill("SIGKILL");
  await program.process.status;
  smtp.closeConnections();
  smtp.replies.beforeReply = undefined;
  gate.resolve();
  return sendMessage.message.id;
}

async function sendRest(program: Program, smtp: SmtpTestServer, id: string): Promise<void> {
  const done = await untilEnded(program, id);
  assert.equal(done.message.stats.sent + done.message.stats.unknown, RECIPIENTS);
  assert.ok(smtp.received.length > BEFORE_BACKUP);
  await program.stop();
}

/** Asserts that nothing is sent on hold, and only the pending deliveries afterwards. Returns the reason. */
async function releaseAfterLook(
  program: Program,
  smtp: SmtpTestServer,
  id: string,
): Promise<string> {
  const before = smtp.received.length;
  const state = await untilRequeued(program, id);
  const { hold } = state.installation;
  assert.ok(hold);
  assert.equal(hold.pendingMessageCount, 1);
  assert.equal(hold.pendingDeliveryCount, state.message.stats.pending);
  assert.equal(state.message.waitingFor?.reason, "HELD");
  const { parts } = await (await fetch(`${program.address}/readyz`)).json();
  assert.equal(parts.sending, "held");
  assert.equal(smtp.received.length, before);
  assert.deepEqual(await request(program, RELEASE), {
    releaseHold: { __typename: "ReleaseHoldPayload" },
  });
  const { message: { stats } } = await untilEnded(program, id);
  assert.equal(stats.sent + stats.unknown, RECIPIENTS);
  assert.ok(stats.unknown > 0);
  assert.equal(smtp.received.length, before + hold.pendingDeliveryCount);
  assertSameMessageIds(smtp);
  return hold.reason;
}

/** Waits until the jobs of the dead worker wait again, which takes a lease and several polls of the workers. */
function untilRequeued(program: Program, id: string): Promise<State> {
  return until("the jobs of the message wait for the release", async () => {
    const state = await request<State>(program, READ, { id });
    return state.message.waitingFor?.reason === "HELD" && state;
  }, PATIENCE_MS);
}

function untilEnded(program: Program, id: string): Promise<State> {
  return until("the message has ended", async () => {
    const state = await request<State>(program, READ, { id });
    return /SENT|FAILED/.test(state.message.status) && state;
  }, PATIENCE_MS);
}

function assertSameMessageIds({ received }: SmtpTestServer): void {
  const mails = Map.groupBy(received, ({ recipient }) => recipient);
  for (const [recipient, ofRecipient] of mails) {
    const ids = new Set(ofRecipient.map(({ messageId }) => messageId));
    assert.equal(ids.size, 1, `${recipient} got mails with the Message-IDs ${[...ids].join(", ")}`);
  }
}

/** Runs `test` with a DATA_DIR that the programs have in common. */
async function withDataDir(
  test: (directory: string, smtp: SmtpTestServer) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "waybill-test-"));
  const smtp = await startSmtpServer();
  try {
    await test(directory, smtp);
  } finally {
    await smtp.close();
    await rm(directory, { recursive: true });
  }
}

/** Copies a database of the server of `url` under another name; returns the URL of the copy. */
async function copyDatabase(url: string): Promise<string> {
  const original = new URL(url).pathname.slice(1);
  const copy = new URL(url);
  copy.pathname = `/${original}_copy`;
  // Fails until the server has noticed that the killed program is gone.
  await until("the database is copied", async () => {
    try {
      await runOnServer(url, `create database ${original}_copy template ${original}`);
      return true;
    } catch (error) {
      if (error instanceof pg.DatabaseError && error.code === "55006") return false;
      throw error;
    }
  }, PATIENCE_MS);
  return copy.href;
}

async function runOnServer(url: string, sql: string): Promise<void> {
  const server = new URL(url);
  server.pathname = "/postgres";
  const client = new pg.Client({ connectionString: server.href });
  await client.connect();
  await client.query(sql).finally(() => client.end());
}

onPostgres(
  "a copied database sends nothing until it is released, in any of its processes",
  async ({ url }) => {
    await withDataDir(async (DATA_DIR, smtp) => {
      let copy = "";
      try {
        const reason = await testRestore({
          settings: { DATABASE_URL: url, DATA_DIR },
          workers: 1,
          async backUp() {
            copy = await copyDatabase(url);
          },
          restore: () => Promise.resolve({ DATABASE_URL: copy, DATA_DIR }),
        }, smtp);
        assert.match(reason, /^The database is a copy: its oid is/);
      } finally {
        if (copy) {
          await runOnServer(url, `drop database ${new URL(copy).pathname.slice(1)} with (force)`);
        }
      }
    });
  },
);

Deno.test("an embedded database that was copied back sends nothing until it is released", () =>
  withDataDir(async (DATA_DIR, smtp) => {
    const [database, backup] = [join(DATA_DIR, "database"), join(DATA_DIR, "backup")];
    const reason = await testRestore({
      settings: { DATA_DIR },
      workers: 0,
      backUp: () => cp(database, backup, { recursive: true }),
      async restore() {
        await rm(database, { recursive: true });
        await cp(backup, database, { recursive: true });
        return { DATA_DIR };
      },
    }, smtp);
    assert.match(reason, /^The database is older than before: its witness is/);
  }));
