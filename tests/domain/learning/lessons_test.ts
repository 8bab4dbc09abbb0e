import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { storeEmails } from "../../../src/domain/emails/store.ts";
import { newEmail, parsedMail } from "../../support/emails.ts";
import { addSentEmails, onEveryLearning, teach } from "../../support/learning.ts";

const READ_SCOPES = statement<[], { scope: string; answer: string; count: number }>(
  "test.readScopes",
  `select scope, answer, evidence_count as count from facts order by scope collate "C"`,
);

onEveryLearning(
  "a fact is for all mails, for a topic, or for the recipient of each mail that it was learned from",
  {
    reply: (ask) => {
      const { mails } = JSON.parse(teach(ask));
      const fact = { question: "Which discount is there?", topic: null, mails: [1, 2, 3] };
      return JSON.stringify({
        mails,
        facts: [
          { ...fact, answer: "10 %.", scope: "CUSTOMER", topic: "domain:example.net" },
          { ...fact, answer: "2 %.", scope: "TOPIC", topic: " Early  payment" },
          { ...fact, answer: "None.", scope: "ALL" },
        ],
      });
    },
  },
  async ({ db, organization, worker, start }) => {
    const recipients = [["Grace@example.com", "ada@example.com"], ["ada@example.com"], []];
    const sent = recipients.map((to) =>
      newEmail(parsedMail({ from: { address: "shop@example.org", name: null }, to }), {
        kind: "OWN",
      })
    );
    await storeEmails(db, organization.id, sent);
    await start();
    await worker.runQueued();
    assert.deepEqual(await db.run(READ_SCOPES), [
      { scope: "all", answer: "None.", count: 3 },
      { scope: "sender:ada@example.com", answer: "10 %.", count: 1 },
      { scope: "sender:grace@example.com", answer: "10 %.", count: 1 },
      { scope: "topic:early payment", answer: "2 %.", count: 3 },
    ]);
  },
);

onEveryLearning("a fact for a topic without a name is refused", {}, async (given) => {
  const { db, organization, worker, model, start, read } = given;
  await addSentEmails(db, organization.id, 1);
  model.settings.reply = (ask) =>
    model.asks.length > 1
      ? teach(ask)
      : teach(ask).replace('"scope":"ALL","topic":null', '"scope":"TOPIC","topic":" "');
  const { run } = await start();
  await worker.runQueued();
  assert.equal((await read(run)).succeeded, 1);
  assert.match(JSON.stringify(model.asks[1]?.messages), /facts\[0\]\.topic is missing/);
});
