import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { storeEmails } from "../../src/domain/emails/store.ts";
import { getRun } from "../../src/domain/learning/find.ts";
import { startEmailLearning } from "../../src/domain/learning/start.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization, type TestOrganization } from "../support/callers.ts";
import { onPostgres, type PostgresTestDatabase } from "../support/database.ts";
import { newEmail, parsedMail } from "../support/emails.ts";
import { addSentEmails, subjectsOf, teach } from "../support/learning.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { endMailProcess, type MailProcess, startMailProcess } from "../support/mail_process.ts";
import { type ModelServer, SILENCE, startModelServer } from "../support/model_server.ts";
import { holdLock } from "../support/quote_processes.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { until } from "../support/until.ts";

const LOCK_RUN = statement<[id: string]>(
  "test.lockLearningRun",
  "select from learning_runs where id = $1 for update",
);
const COUNT_KNOWLEDGE = statement<[], { learned: number; evidence: number; facts: number }>(
  "test.countKnowledge",
  `select (select count(*) from learned_emails) as learned,
     (select count(*) from fact_evidence) as evidence, (select count(*) from facts) as facts`,
);

interface Given {
  readonly services: Services;
  readonly organization: TestOrganization;
  readonly model: ModelServer;
  start(): Promise<MailProcess>;
}

async function withLearning(
  { db, url }: PostgresTestDatabase,
  test: (given: Given) => Promise<void>,
): Promise<void> {
  await openLedger(db);
  const services = { db, bus: createBus() };
  const organization = await createOrganization(db);
  const smtp = await startSmtpServer({});
  await using model = await startModelServer({ reply: teach });
  await using processes = new AsyncDisposableStack();
  const settings = { OPENAI_BASE_URL: model.baseUrl, OPENAI_API_KEY: "sk-good" };
  const start = async () =>
    processes.use(
      await startMailProcess(db, { databaseUrl: url, smtpUrl: smtp.url, model: settings }),
    );
  await test({ services, organization, model, start });
  await assertJobsHold(db);
  await processes.disposeAsync();
  await smtp.close();
  await services.bus.close();
}

function untilCompleted(
  { services, organization: { admin } }: Given,
  { id }: { readonly id: string },
) {
  return until("the run is completed", async () => {
    const run = await getRun(services, admin, id);
    return run.status === "COMPLETED" && run;
  });
}

const INPUT = { relearn: false, priority: 0 };

onPostgres("kill -9 repeats the calls that were running, and nothing else", async (database) => {
  await withLearning(database, async (given) => {
    const { services, organization: { id, admin }, model, start } = given;
    const empty = newEmail(parsedMail({ text: " " }), { direction: "OUTBOUND" });
    await storeEmails(services.db, id, [empty]);
    await addSentEmails(services.db, id, 99);
    // Without an answer to the first batch, all later ones are saved out of order.
    const saved = new Set<string>();
    model.settings.reply = (ask) => {
      const subjects = subjectsOf(ask);
      if (subjects.includes("Mail 1") || saved.size === 50) return SILENCE;
      subjects.forEach((subject) => saved.add(subject));
      return teach(ask);
    };
    const { run } = await startEmailLearning(services, admin, INPUT);
    const process = await start();
    await until("four calls are running behind the saved ones", async () => {
      const { succeeded } = await getRun(services, admin, run.id);
      return succeeded === 50 && model.asks.length === 9;
    });
    model.settings.reply = teach;
    await endMailProcess(services, process, "SIGKILL");
    await start();

    const { total, succeeded, failed, skipped } = await untilCompleted(given, run);
    assert.deepEqual([total, succeeded, failed, skipped], [100, 99, 0, 1]);
    const asked = model.asks.map(subjectsOf);
    assert.ok(asked.slice(9).flat().every((subject) => !saved.has(subject)));
    assert.equal(asked.length, 10 + 4);
    const [counts] = await services.db.run(COUNT_KNOWLEDGE);
    assert.deepEqual(counts, { learned: 99, evidence: 99, facts: 1 });
  });
});

onPostgres("kill -9 while a batch is saved leaves nothing of it", async (database) => {
  await withLearning(database, async (given) => {
    const { services, organization: { id, admin }, model, start } = given;
    await addSentEmails(services.db, id, 10);
    const question = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<void>();
    model.settings.reply = async (ask) => {
      question.resolve();
      await answer.promise;
      return teach(ask);
    };
    const { run } = await startEmailLearning(services, admin, INPUT);
    const process = await start();
    await question.promise;
    const held = await holdLock(services.db, (tx) => tx.run(LOCK_RUN, run.id));
    answer.resolve();
    const backend = await held.blocked("learningRuns.lock");
    await process.end("SIGKILL");
    await held.terminate(backend);
    await held.release();
    await endMailProcess(services, process, "SIGKILL");
    assert.equal((await getRun(services, admin, run.id)).succeeded, 0);

    await start();
    const { succeeded, newFactCount } = await untilCompleted(given, run);
    assert.deepEqual([succeeded, newFactCount, model.asks.length], [10, 1, 2]);
  });
});
