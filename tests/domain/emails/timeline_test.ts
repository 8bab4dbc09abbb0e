import assert from "node:assert/strict";
import { storeEmails } from "../../../src/domain/emails/store.ts";
import { readTimeline } from "../../../src/domain/timeline/timeline.ts";
import { addContacts, contactAt } from "../../support/contacts.ts";
import { newEmail, parsedMail, placeMails } from "../../support/emails.ts";
import { onEveryMail } from "../../support/mail.ts";

onEveryMail("the timeline of a contact has its mails", async (mail) => {
  const { db, services, organization: { id, admin, member } } = mail;
  await addContacts(services, admin, [{ email: "Grace@example.com" }]);
  const own = { address: "shop@example.org", name: null };
  const date = new Date("2020-01-02T03:04:05Z");
  await storeEmails(db, id, [
    newEmail(parsedMail({ subject: "Before Waybill", date }), { receivedAt: date }),
  ]);
  await placeMails(db, id, [newEmail(parsedMail({ subject: "Order 1" }))]);
  await placeMails(db, id, [
    newEmail(parsedMail({ from: own, to: ["grace@example.com"], subject: "Re: Order 1" }), {
      kind: "OWN",
    }),
    newEmail(parsedMail({ from: { address: "ada@example.com", name: null }, subject: "Other" })),
  ]);
  const contact = await contactAt(services, admin, "Grace@example.com");
  const { edges } = await readTimeline(services, member, contact, {});
  assert.deepEqual(edges.map(({ node: { noun, text } }) => `${noun}: ${text}`), [
    'thread: Got the mail "Re: Order 1"',
    'thread: Wrote "Order 1"',
    "contact: Added to the contacts",
    'email: Wrote "Before Waybill"',
  ]);
});
