import type { Connection } from "../../src/db/database.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { storeEmails } from "../../src/domain/emails/store.ts";
import { getRun } from "../../src/domain/learning/find.ts";
import type { StartLearningInput } from "../../src/domain/learning/input.ts";
import type { LearningRun } from "../../src/domain/learning/learning_run.ts";
import type { LessonsAnswer } from "../../src/domain/learning/lessons.ts";
import { type StartedLearning, startEmailLearning } from "../../src/domain/learning/start.ts";
import { newEmail, parsedMail } from "./emails.ts";
import { onEveryMail, type TestMail } from "./mail.ts";
import { type MailWorker, startMailWorker } from "./mail_worker.ts";
import {
  type ModelServer,
  type ModelServerSettings,
  type ReceivedAsk,
  startModelServer,
} from "./model_server.ts";
import { openTestModel } from "./models.ts";
import { createVault } from "../../src/domain/vault.ts";

/** Stores sent mails with the subjects "Mail 1" and so on, in this order; returns their TypeIDs. */
export async function addSentEmails(
  db: Connection,
  organizationId: string,
  count: number,
): Promise<string[]> {
  const emails = Array.from({ length: count }, (_, index) => {
    const text = `Hi Grace,\n\nwe deliver within 3 days.\n\nKind regards (${index + 1})`;
    const from = { address: "shop@example.org", name: null };
    const mail = parsedMail({
      from,
      to: ["grace@example.com"],
      subject: `Mail ${index + 1}`,
      text,
    });
    return newEmail(mail, { kind: "OWN" });
  });
  const stored = await storeEmails(db, organizationId, emails);
  return stored.map(({ id }) => id).sort().map((id) => toTypeId("email", id));
}

/** Returns the subjects of the mails that a request contains, in order. */
export function subjectsOf({ messages }: ReceivedAsk): string[] {
  const content = messages.find(({ role }) => role === "user")?.content ?? [];
  const parts = typeof content === "string" ? [] : content;
  const text = parts.map((part) => part.type === "text" ? part.text : "").join("\n");
  return [...text.matchAll(/^Subject: (.*)$/gm)].map(([, subject = ""]) => subject);
}

/** Answers a request as a model that learns one fact from each, which is the same one for all requests. */
export function teach(ask: ReceivedAsk): string {
  const numbers = subjectsOf(ask).map((_, index) => index + 1);
  const answer: LessonsAnswer = {
    mails: numbers.map((mail) => ({
      mail,
      tone: "friendly and short",
      greeting: "Hi <name>,",
      signOff: "Kind regards",
      language: "en",
      topics: ["delivery time"],
    })),
    facts: [{
      question: "How long is the delivery?",
      answer: "3 days.",
      scope: "ALL",
      topic: null,
      mails: numbers,
    }],
  };
  return JSON.stringify(answer);
}

/** Model server and a worker, on a fresh database. */
export interface TestLearning extends TestMail {
  readonly model: ModelServer;
  /** Starts another worker with the same model. */
  startModelWorker(): Promise<MailWorker>;
  /** Starts a run as the ADMIN. */
  start(input?: Partial<StartLearningInput>): Promise<StartedLearning>;
  read(run: { readonly id: string }): Promise<LearningRun>;
}

/** Declares a test of learning on both databases. */
export function onEveryLearning(
  name: string,
  settings: Partial<ModelServerSettings>,
  test: (given: TestLearning) => Promise<void>,
): void {
  onEveryMail(name, async (mail) => {
    const { organization: { admin }, channel } = mail;
    const vault = createVault(() => Promise.resolve("a secret of the test"));
    const services = { ...mail.services, vault };
    await using server = await startModelServer({ reply: teach, ...settings });
    await using model = await openTestModel(services, server);
    const startModelWorker = () => startMailWorker(services, { channel, model: model.caller });
    await test({
      ...mail,
      services,
      worker: await startModelWorker(),
      startModelWorker,
      model: server,
      start: (input = {}) =>
        startEmailLearning(services, admin, { relearn: false, priority: 0, ...input }),
      read: ({ id }) => getRun(services, admin, id),
    });
  });
}
