import { createQuote } from "../../src/domain/quotes/create.ts";
import type { CreateQuoteInput } from "../../src/domain/quotes/input.ts";
import { getQuote } from "../../src/domain/quotes/find.ts";
import { processQuotes, type ProcessQuotesInput } from "../../src/domain/quotes/process.ts";
import type { Quote } from "../../src/domain/quotes/quote.ts";
import { statement } from "../../src/db/database.ts";
import { createVault } from "../../src/domain/vault.ts";
import { onEveryMail, type TestMail } from "./mail.ts";
import { type MailWorker, startMailWorker } from "./mail_worker.ts";
import { type ModelServer, type ModelServerSettings, startModelServer } from "./model_server.ts";
import { openTestModel } from "./models.ts";

/** Answer of the model: 20 × 85 + 1 × 300 = 2,000 EUR. */
export const ESTIMATE = JSON.stringify({
  currency: "EUR",
  lineItems: [
    { description: "Fence of larch", quantity: 20, unitPrice: 85 },
    { description: "Gate", quantity: 1, unitPrice: 300 },
  ],
  total: 2_000,
  notes: "The ground is taken to be even.",
});

/** Mail server, model server and a worker, on a fresh database. */
export interface TestQuotes extends TestMail {
  readonly model: ModelServer;
  /** Creates a quote; by default its processing is queued. */
  create(overrides?: Partial<CreateQuoteInput>): Promise<Quote>;
  read(quote: { readonly id: string }): Promise<Quote>;
  process(input?: Partial<ProcessQuotesInput>): ReturnType<typeof processQuotes>;
  /** Starts another worker with the same model. */
  startModelWorker(): Promise<MailWorker>;
  /** Moves the start of a lock back. */
  ageLock(quote: { readonly id: string }, minutes: number): Promise<void>;
}

const AGE_LOCK = statement<[id: string, minutes: number]>(
  "test.ageLock",
  "update quotes set locked_at = locked_at - make_interval(mins => $2) where id = $1",
);

/** Declares a test of quotes on both databases. */
export function onEveryQuotes(
  name: string,
  settings: Partial<ModelServerSettings>,
  test: (quotes: TestQuotes) => Promise<void>,
): void {
  onEveryMail(name, async (mail) => {
    const { db, organization: { admin }, channel } = mail;
    const vault = createVault(() => Promise.resolve("a secret of the test"));
    const services = { ...mail.services, vault };
    await using server = await startModelServer({ reply: () => ESTIMATE, ...settings });
    await using model = await openTestModel(services, server);
    const startModelWorker = () => startMailWorker(services, { channel, model: model.caller });
    const worker = await startModelWorker();
    await test({
      ...mail,
      services,
      worker,
      model: server,
      startModelWorker,
      read: ({ id }) => getQuote(services, admin, id),
      process: (input) =>
        processQuotes(services, admin, { limit: 10, force: false, resend: false, ...input }),
      ageLock: async ({ id }, minutes) => {
        await db.run(AGE_LOCK, id, minutes);
      },
      async create(overrides) {
        const { quote } = await createQuote(services, admin, {
          customer: { name: "Grace", email: "grace@example.com" },
          request: "A fence of 20 m with a gate",
          process: true,
          ...overrides,
        });
        return quote;
      },
    });
    await worker.untilIdle();
  }, () => ({ keepContent: true }));
}
