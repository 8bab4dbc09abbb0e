import assert from "node:assert/strict";
import PostalMime from "postal-mime";
import { statement } from "../../../src/db/database.ts";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { listDeliveries } from "../../../src/domain/deliveries/list.ts";
import { retryFailedMails, retryQuoteEmails } from "../../../src/domain/quotes/retry_mails.ts";
import { readQuoteStats } from "../../../src/domain/quotes/stats.ts";
import { makeDue } from "../../support/mail_worker.ts";
import { ESTIMATE, onEveryQuotes, type TestQuotes } from "../../support/quotes.ts";

const SET_ADMIN = statement<[id: string]>(
  "test.setAdminEmail",
  "update organizations set admin_email = 'boss@example.com' where id = $1",
);
const DUE_IN = statement<[id: string], { seconds: number | null }>(
  "test.dueIn",
  `select round(extract(epoch from not_before - now()))::int as seconds from deliveries where id = $1`,
);

const RETRY = { type: "BOTH", limit: 50, maxAttempts: 3 } as const;

async function withAdmin({ db, organization }: TestQuotes): Promise<void> {
  await db.run(SET_ADMIN, organization.id);
}

onEveryQuotes(
  "an estimate is mailed to the customer and the admin, with escaped words of the customer",
  {},
  async (quotes) => {
    const { create, read, worker, smtp, services, organization } = quotes;
    await withAdmin(quotes);
    const quote = await create({
      customer: { name: "<b>Grace</b>", email: "grace@example.com" },
      request: "A fence {{ total }} <script>alert(1)</script>",
    });
    await worker.runQueued();

    assert.deepEqual(smtp.received.map(({ recipient }) => recipient).toSorted(), [
      "boss@example.com",
      "grace@example.com",
    ]);
    const { customerDeliveryId, adminDeliveryId, adminSkipped } = await read(quote);
    assert.ok(customerDeliveryId && adminDeliveryId);
    assert.equal(adminSkipped, null);
    const ofType = { types: ["quote_customer"] };
    const { edges } = await listDeliveries(services, organization.admin, ofType, "CREATED_ASC", {});
    assert.deepEqual(edges.map(({ node: { id, status } }) => [id, status]), [
      [customerDeliveryId, "SENT"],
    ]);
    const mails = await Promise.all(smtp.received.map(({ content }) => PostalMime.parse(content)));
    const bodies = mails.map(({ html }) => html ?? "").join("\n");
    assert.match(bodies, /Fence of larch/);
    assert.match(bodies, /2000\.00 EUR/);
    assert.match(bodies, /&lt;script&gt;alert\(1\)/);
    assert.match(bodies, /A fence \{\{ total \}\}/);
    assert.doesNotMatch(bodies, /<script>|<b>Grace/);
  },
);

onEveryQuotes(
  "without an address of the admin, only the customer is mailed, and the quote has the reason",
  {},
  async ({ create, read, worker, smtp }) => {
    const quote = await create();
    await worker.runQueued();
    assert.deepEqual(smtp.received.map(({ recipient }) => recipient), ["grace@example.com"]);
    const { adminDeliveryId, adminSkipped } = await read(quote);
    assert.equal(adminDeliveryId, null);
    assert.match(adminSkipped ?? "", /has no address of its administrators/);
  },
);

onEveryQuotes(
  "a forced run mails again only with resend",
  {},
  async ({ create, read, process, worker, smtp, model }) => {
    const quote = await create();
    await worker.runQueued();
    const first = await read(quote);
    const quoteIds = [toTypeId("quote", quote.id)];
    model.settings.reply = () => ESTIMATE.replace("Gate", "Wide gate");
    await process({ quoteIds, force: true });
    await worker.runQueued();
    assert.equal(smtp.received.length, 1);
    assert.equal((await read(quote)).customerDeliveryId, first.customerDeliveryId);

    await process({ quoteIds, force: true, resend: true });
    await worker.runQueued();
    assert.equal(smtp.received.length, 2);
    assert.notEqual((await read(quote)).customerDeliveryId, first.customerDeliveryId);
    assert.match(smtp.received[1]?.content ?? "", /Wide gate/);
  },
);

onEveryQuotes(
  "failed mails are retried by people, one every 2 s, and never those that were sent",
  {},
  async (quotes) => {
    const { create, read, worker, smtp, services, organization, db } = quotes;
    await withAdmin(quotes);
    let refused = true;
    smtp.replies.reject = (address) =>
      refused && address !== "boss@example.com" ? "451 4.3.0 Try again later" : null;
    const made = [
      await create(),
      await create({ customer: { name: "Alan", email: "alan@example.com" } }),
    ];
    await worker.runQueued();
    const stats = await readQuoteStats(db, organization.id);
    assert.deepEqual(
      [
        stats.customerSent,
        stats.customerFailed,
        stats.adminSent,
        stats.adminFailed,
        stats.needRetry,
      ],
      [0, 2, 2, 0, 2],
    );
    assert.deepEqual(stats.byStatus.find(({ status }) => status === "AI_QUOTED")?.count, 2);

    refused = false;
    const result = await retryQuoteEmails(services, organization.admin, {
      ...RETRY,
      quoteIds: made.map(({ id }) => toTypeId("quote", id)),
    });
    assert.equal(result.queuedCount, 2);
    assert.deepEqual(result.refused.map(({ reason }) => reason), [
      "The mail to the admin is SENT",
      "The mail to the admin is SENT",
    ]);
    const dueIn = await Promise.all(made.map(async (quote) => {
      const [row] = await db.run(DUE_IN, (await read(quote)).customerDeliveryId ?? "");
      return row?.seconds ?? 0;
    }));
    assert.deepEqual(dueIn.toSorted(), [0, 2]);
    await worker.runQueued();
    await makeDue(services);
    await worker.runQueued();
    assert.equal((await readQuoteStats(db, organization.id)).customerSent, 2);
    assert.equal((await readQuoteStats(db, organization.id)).retrySuccessFraction, 1);
  },
);

onEveryQuotes(
  "the number of attempts of the call decides, and mails of the other type stay",
  {},
  async (quotes) => {
    const { create, worker, smtp, services, organization } = quotes;
    await withAdmin(quotes);
    smtp.replies.reject = () => "451 4.3.0 Try again later";
    const quote = await create();
    await worker.runQueued();
    const { admin } = organization;
    const quoteIds = [toTypeId("quote", quote.id)];
    const refused = await retryQuoteEmails(services, admin, { ...RETRY, quoteIds, maxAttempts: 1 });
    assert.deepEqual([refused.queuedCount, refused.refused.map(({ reason }) => reason)], [0, [
      "The mail to the customer has used 1 attempts of 1",
      "The mail to the admin has used 1 attempts of 1",
    ]]);
    assert.equal(await retryFailedMails(services, organization.id, { ...RETRY, type: "ADMIN" }), 1);
    assert.equal(await retryFailedMails(services, organization.id, { ...RETRY, type: "ADMIN" }), 0);
    assert.equal(await retryFailedMails(services, null, { ...RETRY, limit: 1 }), 1);
    await assert.rejects(
      retryQuoteEmails(services, admin, { ...RETRY, limit: 0 }),
      InvalidInputError,
    );
    await assert.rejects(
      retryQuoteEmails(services, admin, { ...RETRY, maxAttempts: 11 }),
      InvalidInputError,
    );
  },
);

onEveryQuotes("mails of chosen quotes above the limit are named", {}, async (quotes) => {
  const { create, worker, smtp, services, organization } = quotes;
  await withAdmin(quotes);
  smtp.replies.reject = () => "451 4.3.0 Try again later";
  const quote = await create();
  await worker.runQueued();
  const quoteIds = [toTypeId("quote", quote.id)];
  const input = { ...RETRY, quoteIds, limit: 1 };
  const { queuedCount, refused } = await retryQuoteEmails(services, organization.admin, input);
  assert.equal(queuedCount, 1);
  assert.deepEqual(refused.map(({ reason }) => reason), ["The limit of 1 mails is reached"]);
});
