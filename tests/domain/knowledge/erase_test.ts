import assert from "node:assert/strict";
import { upsertContacts } from "../../../src/domain/contacts/upsert.ts";
import { eraseContact, eraseContactRows } from "../../../src/domain/erasure/erase_contact.ts";
import { tidyContact } from "../../../src/domain/contacts/contact.ts";
import { listFacts } from "../../../src/domain/knowledge/list.ts";
import { proposeFacts } from "../../../src/domain/knowledge/propose.ts";
import { listTopics, recordTopics } from "../../../src/domain/knowledge/topics.ts";
import { upsertFact } from "../../../src/domain/knowledge/upsert.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { importMail, learnedFact } from "../../support/knowledge.ts";
import { tablesWith } from "../../support/row_texts.ts";

onEveryDatabase(
  "the erasure of a contact deletes facts with evidence from its mails only, and facts with its " +
    "scope",
  async ({ db }) => {
    const services = { db, bus: createBus() };
    const { id, admin } = await createOrganization(db);
    const email = "grace@example.com";
    const contacts = [tidyContact({ email, name: null })];
    const [contact] = await upsertContacts(db, id, contacts, false);
    const [hers, other] = [
      await importMail(db, id, email),
      await importMail(db, id, "a@b.example"),
    ];
    await db.transaction((tx) =>
      proposeFacts(tx, id, [
        learnedFact({ answer: "Only hers", emailIds: [hers] }),
        learnedFact({ answer: "Of both", emailIds: [hers, other] }),
      ])
    );
    await db.transaction((tx) =>
      recordTopics(tx, id, [
        { emailId: hers, topics: ["hersonly", "both"] },
        { emailId: other, topics: ["both"] },
      ])
    );
    for (const scope of ["all", `sender:${email}`]) {
      await upsertFact(services, admin, { question: "Q", answer: `Added for ${scope}`, scope });
    }
    await eraseContact(services, admin, contact?.id ?? "");
    await eraseContactRows(services, id, contact?.id ?? "", 10, () => {});
    const { edges } = await listFacts(services, admin, {}, {});
    assert.deepEqual(edges.map(({ node: { answer, evidenceCount } }) => [answer, evidenceCount]), [
      ["Of both", 1],
      ["Added for all", 0],
    ]);
    const topics = await listTopics(services, admin, {});
    assert.deepEqual(topics.edges.map(({ node }) => node), [{ name: "both", emailCount: 1 }]);
    // A topic without mails is not listed, but its name may quote the person.
    assert.deepEqual(await tablesWith(db, "hersonly"), []);
  },
);
