import assert from "node:assert/strict";
import { type Connection, type Database, statement } from "../../src/db/database.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { createQuote } from "../../src/domain/quotes/create.ts";
import { getQuote } from "../../src/domain/quotes/find.ts";
import type { Quote } from "../../src/domain/quotes/quote.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization, type TestOrganization } from "./callers.ts";
import type { PostgresTestDatabase } from "./database.ts";
import { assertDeliveriesHold } from "./delivery_ledger.ts";
import { assertJobsHold, openLedger } from "./ledger.ts";
import { arrivals } from "./mail.ts";
import { type MailProcess, startMailProcess } from "./mail_process.ts";
import { type ModelServer, startModelServer } from "./model_server.ts";
import { ESTIMATE } from "./quotes.ts";
import { type SmtpTestServer, startSmtpServer } from "./smtp.ts";
import { until } from "./until.ts";

const BLOCKED = statement<[label: string], { pid: number }>(
  "test.blocked",
  `select pid from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()
     and wait_event_type = 'Lock' and query like '%' || $1 || '%'`,
);

const UNFINISHED = statement<[], { count: number }>(
  "test.unfinishedJobs",
  "select count(*) as count from jobs where finished_at is null",
);

const TERMINATE = statement<[pid: number]>("test.terminate", "select pg_terminate_backend($1)");

/** Quotes on PostgreSQL whose jobs run in processes of their own. */
export interface QuoteProcesses {
  readonly db: Database;
  readonly services: Services;
  readonly organization: TestOrganization;
  readonly smtp: SmtpTestServer;
  readonly model: ModelServer;
  /** Environment variables of a process that uses both servers. */
  readonly settings: Readonly<Record<string, string>>;
  /** Starts a process that works; it is killed at the end of the test. */
  start(): Promise<MailProcess>;
  /** Creates a quote whose processing is queued. */
  create(overrides?: { readonly process: boolean }): Promise<Quote>;
  read(quote: { readonly id: string }): Promise<Quote>;
  /** Waits until only the given number of jobs has not ended. */
  untilUnfinished(jobs: number): Promise<void>;
  /** Waits until all jobs have ended; asserts that the customer got one mail. */
  untilMailed(quote: { readonly id: string }): Promise<Quote>;
}

/** Runs a test with a mail server and a model server that its processes use. */
export async function withQuoteProcesses(
  { db, url }: PostgresTestDatabase,
  test: (given: QuoteProcesses) => Promise<void>,
): Promise<void> {
  await openLedger(db);
  const services = { db, bus: createBus() };
  const organization = await createOrganization(db);
  const smtp = await startSmtpServer({});
  await using model = await startModelServer({ reply: () => ESTIMATE });
  const modelSettings = { OPENAI_BASE_URL: model.baseUrl, OPENAI_API_KEY: "sk-good" };
  await using processes = new AsyncDisposableStack();
  const read = ({ id }: { readonly id: string }) => getQuote(services, organization.admin, id);
  const untilUnfinished = async (jobs: number) => {
    await until(`only ${jobs} jobs have not ended`, async () => {
      const [row] = await db.run(UNFINISHED);
      return row?.count === jobs;
    });
  };
  await test({
    db,
    services,
    organization,
    smtp,
    model,
    settings: { ...modelSettings, SMTP_URLS: smtp.url },
    start: async () =>
      processes.use(
        await startMailProcess(db, { databaseUrl: url, smtpUrl: smtp.url, model: modelSettings }),
      ),
    read,
    untilUnfinished,
    async untilMailed(quote) {
      await untilUnfinished(0);
      const found = await read(quote);
      const mail = toTypeId("delivery", found.customerDeliveryId ?? "");
      assert.deepEqual([...arrivals(smtp)], [[mail, 1]]);
      return found;
    },
    async create({ process } = { process: true }) {
      const { quote } = await createQuote(services, organization.admin, {
        customer: { name: "Grace", email: "grace@example.com" },
        request: "A fence of 20 m with a gate",
        process,
      });
      return quote;
    },
  });
  await assertJobsHold(db);
  await assertDeliveriesHold(db, arrivals(smtp));
  await processes.disposeAsync();
  await smtp.close();
  await services.bus.close();
}

/** A lock that a transaction of the test holds. */
export interface HeldLock {
  /** Returns the database process whose statement with this label waits for a lock. */
  blocked(label: string): Promise<number>;
  /** Ends a database process, as a lost connection does: its transaction is rolled back. */
  terminate(pid: number): Promise<void>;
  release(): Promise<void>;
}

/** Takes a lock in a transaction that lasts until the lock is released. */
export async function holdLock(
  db: Database,
  lock: (tx: Connection) => Promise<unknown>,
): Promise<HeldLock> {
  const held = Promise.withResolvers<void>();
  const released = Promise.withResolvers<void>();
  const ended = db.transaction(async (tx) => {
    await lock(tx);
    held.resolve();
    await released.promise;
  });
  await Promise.race([held.promise, ended]);
  return {
    blocked: (label) =>
      until(`${label} waits for the lock`, async () => (await db.run(BLOCKED, label))[0]?.pid),
    terminate: async (pid) => {
      await db.run(TERMINATE, pid);
    },
    async release() {
      released.resolve();
      await ended;
    },
  };
}
