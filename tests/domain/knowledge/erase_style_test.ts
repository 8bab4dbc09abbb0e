import assert from "node:assert/strict";
import { tidyContact } from "../../../src/domain/contacts/contact.ts";
import { upsertContacts } from "../../../src/domain/contacts/upsert.ts";
import { eraseContact, eraseContactRows } from "../../../src/domain/erasure/erase_contact.ts";
import { storeEmails } from "../../../src/domain/emails/store.ts";
import { styleOf } from "../../../src/domain/knowledge/style.ts";
import { newEmail, parsedMail } from "../../support/emails.ts";
import { onEveryLearning } from "../../support/learning.ts";

onEveryLearning(
  "the erasure of a contact erases the style if no mail is left that it was learned from",
  {},
  async ({ db, services, organization: { id, admin }, worker, start }) => {
    const people = ["grace@example.com", "ada@example.com"];
    const from = { address: "shop@example.org", name: null };
    const mails = people.map((to) => newEmail(parsedMail({ from, to: [to] }), { kind: "OWN" }));
    await storeEmails(db, id, mails);
    await start();
    await worker.runQueued();
    const contacts = people.map((email) => tidyContact({ email, name: null }));
    const [grace, ada] = await upsertContacts(db, id, contacts, false);
    const erase = async (contactId = "") => {
      await eraseContact(services, admin, contactId);
      await eraseContactRows(services, id, contactId, 10, () => {});
    };
    await erase(grace?.id);
    assert.equal((await styleOf(services, id))?.greeting, "Hi <name>,");
    await erase(ada?.id);
    assert.equal(await styleOf(services, id), null);
  },
);
