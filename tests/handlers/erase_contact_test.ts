import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { addRecipients } from "../../src/domain/audiences/add_recipients.ts";
import { beginImport, finishImport } from "../../src/domain/audiences/import.ts";
import { storeEmails } from "../../src/domain/emails/store.ts";
import { eraseContact } from "../../src/domain/erasure/erase_contact.ts";
import { ForbiddenError, NotFoundError } from "../../src/domain/errors.ts";
import { getJob } from "../../src/domain/jobs/find.ts";
import { rollUpProblems } from "../../src/domain/problems/roll_up.ts";
import { addSuppressions } from "../../src/domain/suppressions/edit.ts";
import { addContacts, contactAt } from "../support/contacts.ts";
import { onEveryMail, type TestMail } from "../support/mail.ts";
import { countMails, newEmail, parsedMail, placeMails } from "../support/emails.ts";
import { makeDue } from "../support/mail_worker.ts";
import { readDeliveries, readStatus } from "../support/messages.ts";
import { tablesWith } from "../support/row_texts.ts";

const ADA = {
  address: "Ada.Erased@Example.net",
  name: "Countess Ada",
  variables: { city: "Ockham" },
};
const MAX = { address: "max@example.net", name: "Max", variables: { city: "Ulm" } };
const TEXTS = ["ada.erased", "Countess Ada", "Ockham"];

const MAKE_DUE = statement<[id: string]>(
  "test.makeMessageDue",
  "update messages set send_at = now() where id = $1",
);

/** Stores the person in every table that has data of people. */
async function setUp(mail: TestMail) {
  const { db, services, organization: { id: organizationId, admin }, smtp, send, worker } = mail;
  const { address: email, name, variables } = ADA;
  await addContacts(services, admin, [{ email, name, variables, psid: "24601" }]);
  const { id: audienceId } = await beginImport(services, admin, { name: "All", bytesTotal: null });
  const rows = [
    { line: 2, recipient: ADA },
    { line: 3, recipient: MAX },
    { line: 4, recipient: { ...ADA, address: `Ada <${email}` } },
  ];
  await addRecipients(services, admin, audienceId, rows, 0);
  await finishImport(services, admin, audienceId);
  smtp.replies.reject = (to) => to.startsWith("Ada") ? `550 5.1.1 <${to}>: no such user` : null;
  const failed = await send({ to: { list: [ADA, MAX] } });
  await worker.runQueued();
  await rollUpProblems(services);
  await addSuppressions(services, admin, { channel: "MESSENGER", addresses: ["24601"] });
  const sendAt = new Date(Date.now() + 3_600_000);
  const scheduled = await send({ to: { list: [ADA, MAX] }, sendAt });
  const shop = { address: "shop@example.org", name: null };
  await placeMails(db, organizationId, [
    newEmail(parsedMail({ messageId: "asked@example.net", from: ADA })),
    newEmail(
      parsedMail({ from: shop, to: [email], inReplyTo: "asked@example.net", text: `Dear ${name}` }),
      { kind: "OWN" },
    ),
    newEmail(parsedMail({ messageId: "max@example.net", from: MAX, to: [shop.address, email] })),
    newEmail(parsedMail({ from: ADA, inReplyTo: "max@example.net" })),
  ]);
  await storeEmails(db, organizationId, [
    newEmail(parsedMail({ from: ADA })),
    newEmail(parsedMail({ from: { address: "form@example.org", name: null }, replyTo: email })),
    newEmail(parsedMail({ from: shop, to: [email], text: `Dear ${name}` }), { kind: "OWN" }),
  ]);
  const { id } = await contactAt(services, admin, email);
  return { audienceId, failed, scheduled, contactId: id };
}

onEveryMail(
  "ERASE_CONTACT erases a person from all tables except the suppression list",
  async (mail) => {
    const { db, services, organization: { admin, member }, worker, smtp, send } = mail;
    const { audienceId, failed, scheduled, contactId } = await setUp(mail);
    for (
      const table of [
        "audience_recipients",
        "audience_refused_rows",
        "contacts",
        "deliveries",
        "emails",
        "problem_examples",
        "threads",
      ]
    ) {
      assert.ok((await tablesWith(db, "ada.erased")).includes(table), table);
    }
    await assert.rejects(eraseContact(services, member, contactId), ForbiddenError);
    const job = await eraseContact(services, admin, contactId);
    assert.equal((await eraseContact(services, admin, contactId)).id, job.id);
    await assert.rejects(contactAt(services, admin, ADA.address));
    await worker.runQueued();
    assert.equal((await getJob(services, admin, job.id)).status, "COMPLETED");
    await assert.rejects(eraseContact(services, admin, contactId), NotFoundError);
    assert.deepEqual(await countMails(db), { threads: 1, emails: 1 });
    assert.deepEqual(await tablesWith(db, "ada.erased"), ["suppressions"]);
    for (const text of TEXTS.slice(1)) assert.deepEqual(await tablesWith(db, text), []);
    assert.deepEqual(await tablesWith(db, "24601"), ["suppressions"]);

    // Counts stay, and the rest of the person's deliveries are not sent.
    smtp.replies.reject = undefined;
    assert.equal(await readStatus(db, failed.id), "PARTIALLY_SENT");
    await db.run(MAKE_DUE, scheduled.id);
    await makeDue(services);
    const later = await send({ to: { audienceId } });
    await worker.runQueued();
    for (const { id } of [scheduled, later]) {
      const deliveries = await readDeliveries(db, id);
      assert.deepEqual(deliveries.map(({ status }) => status), ["SUPPRESSED", "SENT"]);
      assert.match(deliveries[0]?.address ?? "", /^erased-.*@erased\.invalid$/);
      assert.equal(await readStatus(db, id), "SENT");
    }
    assert.ok(smtp.received.every(({ recipient }) => recipient === MAX.address));
  },
);

onEveryMail("eraseContact() allows a new contact with the same address", async (mail) => {
  const { services, organization: { admin }, worker } = mail;
  await addContacts(services, admin, [{ email: ADA.address, name: "First" }]);
  const first = await contactAt(services, admin, ADA.address);
  await addSuppressions(services, admin, {
    channel: "EMAIL",
    addresses: [ADA.address],
    reason: "UNSUBSCRIBED",
  });
  await eraseContact(services, admin, first.id);
  await addContacts(services, admin, [{ email: ADA.address, name: "Second" }]);
  await worker.runQueued();
  const second = await contactAt(services, admin, ADA.address);
  assert.notEqual(second.id, first.id);
  assert.equal(second.name, "Second");
  assert.ok(second.unsubscribedAt);
});
