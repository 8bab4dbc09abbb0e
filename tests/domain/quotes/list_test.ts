import assert from "node:assert/strict";
import { listQuotes, type QuoteFilter } from "../../../src/domain/quotes/list.ts";
import { createOrganization } from "../../support/callers.ts";
import { holdAnswers } from "../../support/model_server.ts";
import { onEveryQuotes } from "../../support/quotes.ts";

onEveryQuotes(
  "quotes are found by state, text, failed mail and stale lock",
  {},
  async ({ create, worker, smtp, model, ageLock, db, services, organization }) => {
    smtp.replies.reject = (address) => address === "ada@example.com" ? "550 5.1.1 Unknown" : null;
    const refused = await create({ customer: { name: "Ada", email: "ada@example.com" } });
    const mailed = await create({ request: "A larch FENCE" });
    await worker.runQueued();
    model.settings.reply = () => "not JSON";
    const failed = await create();
    await worker.runQueued();
    const waiting = await create({ process: false });
    const held = holdAnswers(model);
    const locked = await create();
    worker.start(await worker.claim());
    await held.asked;
    await ageLock(locked, 31);

    const find = async (filter: QuoteFilter, caller = organization.member) => {
      const page = await listQuotes(services, caller, filter, {});
      assert.equal(await page.totalCount(), page.edges.length);
      return page.edges.map(({ node }) => node.id);
    };
    const all = [locked, waiting, failed, mailed, refused].map(({ id }) => id);
    assert.deepEqual(await find({}), all);
    assert.deepEqual(await find({ statuses: ["AI_ERROR", "PENDING"] }), [waiting.id, failed.id]);
    assert.deepEqual(await find({ search: "larch fence" }), [mailed.id]);
    assert.deepEqual(await find({ search: "ADA@" }), [refused.id]);
    assert.deepEqual(await find({ emailFailed: "CUSTOMER" }), [refused.id]);
    assert.deepEqual(await find({ emailFailed: "ADMIN" }), []);
    assert.deepEqual(await find({ emailFailed: "ANY", search: "fence" }), [refused.id]);
    assert.deepEqual(await find({ lockStale: true }), [locked.id]);
    assert.deepEqual(await find({ lockStale: false }), all.slice(1));
    assert.deepEqual(await find({}, (await createOrganization(db, "Another")).admin), []);
    held.answer("late");
  },
);
