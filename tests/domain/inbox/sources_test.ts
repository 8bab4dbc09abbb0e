import assert from "node:assert/strict";
import { tidyContact } from "../../../src/domain/contacts/contact.ts";
import { upsertContacts } from "../../../src/domain/contacts/upsert.ts";
import { eraseContact, eraseContactRows } from "../../../src/domain/erasure/erase_contact.ts";
import { sourcesOf } from "../../../src/domain/inbox/sources.ts";
import { proposeFacts } from "../../../src/domain/knowledge/propose.ts";
import { recordStyle } from "../../../src/domain/knowledge/style.ts";
import { upsertOrder } from "../../../src/domain/orders/upsert.ts";
import { onEveryInbox, replyAnswer } from "../../support/inbox.ts";
import { importMail, learnedFact } from "../../support/knowledge.ts";

onEveryInbox(
  "a suggestion names the mail, order and fact that it uses, until the erasure of the person who wrote the fact",
  { reply: () => replyAnswer({ sources: [1, 2, 3] }) },
  async ({ services, db, organization: { id, admin }, receive, write, model }) => {
    const witness = "ada@example.com";
    const [contact] = await upsertContacts(
      db,
      id,
      [tidyContact({ email: witness, name: null })],
      false,
    );
    const fact = learnedFact({
      question: "Where does my order arrive?",
      answer: "At the gate of Ada.",
      emailIds: [await importMail(db, id, witness)],
    });
    await db.transaction((tx) => proposeFacts(tx, id, [fact]));
    await recordStyle(db, id, {
      tone: { value: "cheerful", count: 1 },
      greeting: null,
      signOff: null,
      language: null,
    });
    await upsertOrder(services, admin, {
      number: "#1001",
      contactEmail: "grace@example.com",
      status: "unfulfilled",
      total: { amount: "12", currency: "EUR" },
    });
    const { suggestionId } = await receive();
    await write();

    const read = async () => (await sourcesOf(services, id, [suggestionId])).get(suggestionId);
    assert.deepEqual((await read())?.map(({ noun }) => noun), ["email", "order", "fact"]);
    assert.match((await read())?.[2]?.text ?? "", /Ada|order arrive/);
    const asked = JSON.stringify(model.asks[0]?.messages);
    assert.match(asked, /At the gate of Ada/);
    assert.match(asked, /#1001/);
    assert.match(asked, /cheerful/);

    await eraseContact(services, admin, contact?.id ?? "");
    await eraseContactRows(services, id, contact?.id ?? "", 10, () => {});
    assert.deepEqual((await read())?.map(({ noun }) => noun), ["email", "order"]);
  },
);
