import assert from "node:assert/strict";
import { search } from "../../../src/domain/search/search.ts";
import { readTimeline } from "../../../src/domain/timeline/timeline.ts";
import { createOrganization } from "../../support/callers.ts";
import { contactAt } from "../../support/contacts.ts";
import { onEveryQuotes } from "../../support/quotes.ts";

onEveryQuotes(
  "a contact's timeline has its quotes with their results",
  {},
  async ({ create, worker, model, services, organization: { admin, member } }) => {
    await create();
    await create({ customer: { name: "Max", email: "max@example.com" } });
    await worker.runQueued();
    model.settings.reply = () => "not JSON";
    await create();
    await worker.runQueued();
    const waiting = await create({ process: false });

    const contact = await contactAt(services, admin, "grace@example.com");
    for (const caller of [admin, member]) {
      const { edges } = await readTimeline(services, caller, contact, {});
      const entries = edges.flatMap(({ node }) => node.noun === "quote" ? [node] : []);
      assert.equal(entries[0]?.subjectId, waiting.id);
      assert.match(entries[1]?.text ?? "", /^The quote failed: .*JSON/);
      assert.deepEqual(entries.map(({ text }) => text).toSpliced(1, 1), [
        "Asked for a quote",
        "Asked for a quote",
        "The quote got an estimate of 2000.00 EUR",
        "Asked for a quote",
      ]);
    }
  },
);

onEveryQuotes(
  "a search finds quotes by a part of the customer's name or address",
  {},
  async ({ create, services, organization: { member }, db }) => {
    const customer = { name: "Grace Hopper", email: "g.hopper@navy.example" };
    const quote = await create({ customer, process: false });
    const find = async (caller: typeof member, text: string) =>
      (await search(services, caller, text, 20)).filter(({ noun }) => noun === "quote");
    const hit = { noun: "quote", id: quote.id, title: "Grace Hopper", detail: "PENDING" };
    for (const text of ["HOPPER", "race hop", "hopper@navy"]) {
      assert.deepEqual(await find(member, text), [hit]);
    }
    assert.deepEqual(await find(member, "ada"), []);
    const { admin } = await createOrganization(db, "Another organization");
    assert.deepEqual(await find(admin, "hopper"), []);
  },
);
