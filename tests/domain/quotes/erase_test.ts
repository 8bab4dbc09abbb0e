import assert from "node:assert/strict";
import { updateOrganization } from "../../../src/domain/access/update_organization.ts";
import { eraseContact } from "../../../src/domain/erasure/erase_contact.ts";
import { contactAt } from "../../support/contacts.ts";
import { onEveryQuotes } from "../../support/quotes.ts";
import { tablesWith } from "../../support/row_texts.ts";

const PERSONAL = ["ada.erased", "Countess Ada", "folly in Ockham"];

onEveryQuotes(
  "eraseContact() leaves nothing of a quote, also not in its mails",
  {},
  async (quotes) => {
    const { db, services, organization: { id, admin }, worker, smtp, create } = quotes;
    await updateOrganization(services, admin, id, { adminEmail: "boss@example.org" });
    await create({
      customer: { name: "Countess Ada", email: "Ada.Erased@Example.net" },
      request: "A folly in Ockham",
    });
    await worker.runQueued();
    const recipients = smtp.received.map(({ recipient }) => recipient.toLowerCase());
    assert.deepEqual(recipients.toSorted(), ["ada.erased@example.net", "boss@example.org"]);
    for (const text of PERSONAL) {
      const tables = await tablesWith(db, text);
      assert.ok(tables.includes("deliveries") && tables.includes("quotes"), text);
    }
    const { id: contactId } = await contactAt(services, admin, "Ada.Erased@Example.net");
    await eraseContact(services, admin, contactId);
    await worker.runQueued();
    for (const text of PERSONAL) assert.deepEqual(await tablesWith(db, text), [], text);
  },
);
