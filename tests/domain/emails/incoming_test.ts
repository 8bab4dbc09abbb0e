import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { getThread } from "../../../src/domain/emails/find.ts";
import type { ParsedMail } from "../../../src/domain/emails/mail.ts";
import { storeEmails } from "../../../src/domain/emails/store.ts";
import { newId, toTypeId } from "../../../src/domain/id.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { countMails, newEmail, parsedMail, placeMails } from "../../support/emails.ts";
import { countingRows } from "../../support/row_count.ts";

const AGE = statement<[threadId: string]>(
  "test.ageThread",
  "update threads set last_message_at = now() - interval '31 days' where id = $1",
);
const ADD_ANSWERS = statement<[organizationId: string, threadId: string]>(
  "test.addAnswers",
  `insert into emails (id, organization_id, thread_id, direction, kind, message_id, in_reply_to,
     from_address, subject, text, reply_text, received_at)
   select gen_random_uuid(), $1, $2, 'INBOUND', 'PERSON', 'answer' || n, 'question' || n, 'ada@example.com',
     '', '', '', now() from generate_series(1, 500) n`,
);
const ADD_IMPORTANT = statement<[organizationId: string]>(
  "test.addImportantContacts",
  `insert into contacts (organization_id, email, email_key, vip)
   select $1, n || '@example.com', n || '@example.com', true from generate_series(1, 500) n`,
);
const ANALYZE = statement<[]>("test.analyze", "analyze emails, threads, contacts");

onEveryDatabase("mails find their thread by each rule", async ({ db }) => {
  const { id } = await createOrganization(db);
  const place = async (overrides: Partial<ParsedMail> = {}) =>
    (await placeMails(db, id, [newEmail(parsedMail(overrides))]))[0]?.threadId ?? "";
  const first = await place({ messageId: "<first@example.com>", subject: "Order 1" });

  const rules: [string, Partial<ParsedMail>][] = [
    ["In-Reply-To", { inReplyTo: "<first@example.com>", subject: "Another subject" }],
    ["References", { references: ["unknown@example.com", "first@example.com"], subject: "Again" }],
    ["the subject and the sender", { subject: "AW: Re[2]:  ORDER  1" }],
    ["another answer to the same mail", { inReplyTo: "sent@example.org", subject: "Order 1" }],
  ];
  for (const [rule, mail] of rules) assert.equal(await place(mail), first, rule);
  const answers = { inReplyTo: "sent@example.org", subject: "Thanks" };
  assert.equal(await place(answers), first, "another answer to the same mail");
  const ada = { from: { address: "ada@example.com", name: null } };
  assert.notEqual(await place({ ...ada, ...answers }), first, "an answer of another person");
  assert.notEqual(await place({ ...ada, subject: "Order 1" }), first, "subject of another sender");

  const form = { from: { address: "form@shop.example.org", name: null }, subject: "New message" };
  const [one, two] = [{ ...form, replyTo: "a@example.com" }, { ...form, replyTo: "b@example.com" }];
  assert.notEqual(await place(one), await place(two), "a form of a website");
  assert.equal(
    await place(one),
    await place({ ...one, from: { address: "a@example.com", name: null } }),
  );

  const late = await place({ inReplyTo: "early@example.com", subject: "Answer before its mail" });
  assert.equal(await place({ messageId: "early@example.com", subject: "The mail" }), late);

  assert.notEqual(await place({ subject: "" }), await place({ subject: "Re:" }), "no subject");
  await db.run(AGE, first);
  assert.notEqual(await place({ subject: "Order 1" }), first, "a subject of more than 30 days ago");

  const other = await createOrganization(db, "Another");
  const [foreign] = await placeMails(db, other.id, [
    newEmail(parsedMail({ inReplyTo: "first@example.com", subject: "Order 1" })),
  ]);
  assert.notEqual(foreign?.threadId, first, "another organization");
});

onEveryDatabase("an answer to a delivery of Waybill joins the thread of it", async ({ db }) => {
  const { id } = await createOrganization(db);
  const [asked] = await placeMails(db, id, [newEmail(parsedMail())]);
  const deliveryId = newId();
  const sent = parsedMail({ messageId: "given-by-the-provider@example.org" });
  await storeEmails(db, id, [
    newEmail(sent, { kind: "OWN", deliveryId, threadId: asked?.threadId }),
  ]);
  const [answer] = await placeMails(db, id, [
    newEmail(parsedMail({
      inReplyTo: `${toTypeId("delivery", deliveryId)}@example.org`,
      subject: "Thanks",
      from: { address: "grace@work.example.com", name: null },
    })),
  ]);
  assert.equal(answer?.threadId, asked?.threadId);
});

onEveryDatabase("mails that arrive together share a new thread", async ({ db }) => {
  const { id } = await createOrganization(db);
  const placed = await placeMails(db, id, [
    newEmail(parsedMail({ messageId: "a@example.com", subject: "A" })),
    newEmail(parsedMail({ inReplyTo: "a@example.com", subject: "B" })),
    newEmail(parsedMail({ subject: "Re: B" })),
    newEmail(parsedMail({ messageId: "a@example.com", subject: "A" })),
  ]);
  assert.deepEqual(placed.map(({ created }) => created), [true, true, true, false]);
  // The subject of a thread is that of its first mail.
  const [a, b, again, same] = placed.map(({ threadId }) => threadId);
  assert.deepEqual([b, same], [a, a]);
  assert.notEqual(again, a);
  assert.deepEqual(await countMails(db), { threads: 2, emails: 3 });
});

onEveryDatabase("concurrent mails of a conversation open one thread", async ({ db }) => {
  const { id } = await createOrganization(db);
  const mails = Array.from({ length: 8 }, () => newEmail(parsedMail()));
  const placed = await Promise.all(mails.map((mail) => placeMails(db, id, [mail])));
  assert.equal(new Set(placed.map(([mail]) => mail?.threadId)).size, 1);
  const again = await Promise.all([...mails, ...mails].map((mail) => placeMails(db, id, [mail])));
  assert.ok(again.every(([mail]) => mail?.created === false));
  assert.deepEqual(await countMails(db), { threads: 1, emails: 8 });
});

onEveryDatabase("only mails of people wait for an answer", async ({ db }) => {
  const { id, admin } = await createOrganization(db);
  const services = { db };
  const place = async (kind: "PERSON" | "AUTO_REPLY" | "LIST" | "OWN") => {
    const mail = kind === "OWN"
      ? parsedMail({ from: { address: "shop@example.org", name: null }, to: ["grace@example.com"] })
      : parsedMail();
    const [placed] = await placeMails(db, id, [newEmail(mail, { kind })]);
    return (await getThread(services, admin, placed?.threadId ?? "")).answered;
  };
  assert.equal(await place("LIST"), true);
  assert.equal(await place("PERSON"), false);
  assert.equal(await place("AUTO_REPLY"), false);
  assert.equal(await place("OWN"), true);
  assert.equal(await place("AUTO_REPLY"), true);
  assert.deepEqual(await countMails(db), { threads: 1, emails: 5 });
});

onEveryDatabase("mails are stored once, and imported ones join the inbox", async ({ db }) => {
  const { id } = await createOrganization(db);
  const without = parsedMail({ messageId: null, date: new Date(0), text: "\0 \ud800" });
  const long = parsedMail({ messageId: `${"x".repeat(4_000)}@example.com` });
  const imported = [newEmail(without), newEmail(without), newEmail(long)];
  assert.equal((await storeEmails(db, id, imported)).length, 2);
  assert.equal((await storeEmails(db, id, imported)).length, 0);
  const [placed] = await placeMails(db, id, [newEmail(without)]);
  assert.equal(placed?.created, true);
  assert.deepEqual(await countMails(db), { threads: 1, emails: 2 });
});

onEveryDatabase(
  "a mail finds its thread without reading all answers and contacts",
  async ({ db }) => {
    const { id } = await createOrganization(db);
    const asked = newEmail(parsedMail({ inReplyTo: "sent@example.org" }));
    const [placed] = await placeMails(db, id, [asked]);
    await db.run(ADD_ANSWERS, id, placed?.threadId ?? "");
    await db.run(ADD_IMPORTANT, id);
    await db.run(ANALYZE);
    const maxRows = new Map<string, number>();
    const answer = { inReplyTo: "sent@example.org", subject: "Another" };
    const [found] = await placeMails(countingRows(db, maxRows), id, [newEmail(parsedMail(answer))]);
    assert.equal(found?.threadId, placed?.threadId);
    const rows = maxRows.get("incomingEmails.locate") ?? 0;
    assert.ok(rows > 0 && rows < 10, `it read ${rows} rows`);
  },
);
