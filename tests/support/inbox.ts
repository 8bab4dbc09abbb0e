import { statement } from "../../src/db/database.ts";
import { suggestionsOf } from "../../src/domain/inbox/find.ts";
import { type RequestedSuggestion, requestSuggestions } from "../../src/domain/inbox/request.ts";
import type { Suggestion } from "../../src/domain/inbox/suggestion.ts";
import type { ParsedMail } from "../../src/domain/emails/mail.ts";
import { placeInThreads } from "../../src/domain/emails/incoming.ts";
import { toRow } from "../../src/domain/emails/store.ts";
import { createVault } from "../../src/domain/vault.ts";
import { newEmail, parsedMail } from "./emails.ts";
import { onEveryMail, type TestMail } from "./mail.ts";
import { type MailWorker, makeDue, startMailWorker } from "./mail_worker.ts";
import { type ModelServer, type ModelServerSettings, startModelServer } from "./model_server.ts";
import { openTestModel } from "./models.ts";

/** A mail that arrived, and the suggestion that answers it. */
export interface Received extends RequestedSuggestion {
  readonly threadId: string;
  readonly emailId: string;
}

/** Inbox with a model server and a worker, on a fresh database. */
export interface TestInbox extends TestMail {
  readonly model: ModelServer;
  /** Stores a mail in its thread, and requests a suggestion. */
  receive(mail?: Partial<ParsedMail>, options?: { readonly vip?: boolean }): Promise<Received>;
  /** The newest suggestion of a thread. */
  read(received: Pick<Received, "threadId">): Promise<Suggestion>;
  /** Lets the jobs that gather mails begin, and runs them. */
  write(): Promise<void>;
  /** Starts another worker with the same model. */
  startModelWorker(): Promise<MailWorker>;
}

/** Answer of the model to a mail. */
export function replyAnswer(overrides: Record<string, unknown> = {}): string {
  return JSON.stringify({
    text: "Hello Grace,\n\nyour order is on its way.",
    confidence: 0.9,
    missing: [],
    topic: "delivery",
    sources: [1],
    ...overrides,
  });
}

/** Declares a test of the inbox on both databases. */
export function onEveryInbox(
  name: string,
  settings: Partial<ModelServerSettings>,
  test: (inbox: TestInbox) => Promise<void>,
): void {
  onEveryMail(name, async (mail) => {
    const { db, organization: { id: organizationId }, channel } = mail;
    const vault = createVault(() => Promise.resolve("a secret of the test"));
    const services = { ...mail.services, vault };
    await using server = await startModelServer({ reply: () => replyAnswer(), ...settings });
    await using model = await openTestModel(services, server);
    const startModelWorker = () => startMailWorker(services, { channel, model: model.caller });
    const worker = await startModelWorker();
    await test({
      ...mail,
      services,
      worker,
      model: server,
      startModelWorker,
      receive: (parsed = {}, { vip = false } = {}) =>
        db.transaction(async (tx) => {
          const row = toRow(organizationId, newEmail(parsedMail(parsed)));
          const [placed] = await placeInThreads(tx, [row]);
          if (!placed) throw new Error("The mail was not stored");
          const { threadId, emailId } = placed;
          const request = { organizationId, threadId, emailId, vip };
          const [requested] = await requestSuggestions(tx, [request]);
          if (!requested) throw new Error("No suggestion was requested");
          return { ...requested, threadId, emailId };
        }),
      async read({ threadId }) {
        const suggestion = (await suggestionsOf(services, [threadId])).get(threadId);
        if (!suggestion) throw new Error("The thread has no suggestion");
        return suggestion;
      },
      async write() {
        await makeDue(services);
        await worker.runQueued();
      },
    });
    await worker.untilIdle();
  }, () => ({ keepContent: true }));
}

const COUNT = statement<[threadId: string], { count: number }>(
  "test.countSuggestions",
  "select count(*) as count from suggestions where thread_id = $1",
);

/** Number of suggestions that a thread has had. */
export async function countSuggestions(
  { db }: Pick<TestInbox, "db">,
  { threadId }: Pick<Received, "threadId">,
): Promise<number> {
  return (await db.run(COUNT, threadId))[0]?.count ?? 0;
}
