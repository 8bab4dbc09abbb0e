import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import {
  type LearnableEmailFilter,
  listLearnableEmails,
  markLearned,
} from "../../../src/domain/emails/learnable.ts";
import { type NewEmail, storeEmails } from "../../../src/domain/emails/store.ts";
import type { ParsedMail } from "../../../src/domain/emails/mail.ts";
import type { PageArgs } from "../../../src/domain/page.ts";
import { createOrganization } from "../../support/callers.ts";
import { newEmail, parsedMail, placeMails } from "../../support/emails.ts";
import { issuesOf } from "../../support/issues.ts";
import { onEveryMail } from "../../support/mail.ts";

const MARK = statement<[subjects: string[]]>(
  "test.markLearned",
  markLearned("array(select id from emails where subject = any($1))"),
);

/** Returns a mail that a person of the organization has sent on a day of May. */
function sent(day: number, overrides: Partial<ParsedMail>, rest: Partial<NewEmail> = {}): NewEmail {
  const mail = parsedMail({ to: ["grace@example.com"], ...overrides });
  return newEmail(mail, { kind: "OWN", receivedAt: may(day), ...rest });
}

function may(day: number): Date {
  return new Date(Date.UTC(2026, 4, day));
}

onEveryMail(
  "mails that can be learned from are listed newest first, and filtered",
  async (given) => {
    const { db, services, organization: { id, member, admin } } = given;
    await storeEmails(db, id, [
      sent(1, { subject: "Delivery of a Lamp" }),
      sent(4, {
        subject: "100% discount_code \\ Ä",
        to: ["Ada@Lovelace.example", "grace@example.com"],
      }),
      sent(2, { subject: "Lamp", to: [] }),
      sent(2, { subject: "x".repeat(5_000), to: [`${"y".repeat(300)}@example.com`] }),
      sent(5, { subject: "Empty", text: " \n" }),
      sent(5, { subject: "Forwarded" }, { kind: "FORWARD", direction: "OUTBOUND" }),
      sent(5, { subject: "Automatic" }, { kind: "AUTO_REPLY", direction: "OUTBOUND" }),
      sent(5, { subject: "Received" }, { kind: "PERSON", direction: "INBOUND" }),
    ]);
    await placeMails(db, id, [sent(3, { subject: "From the inbox" })]);
    const other = await createOrganization(db, "Another");
    await storeEmails(db, other.id, [sent(1, { subject: "A lamp of another" })]);

    const find = async (filter: LearnableEmailFilter, page: PageArgs = {}, caller = member) => {
      const { edges } = await listLearnableEmails(services, caller, filter, page);
      return edges.map(({ node }) => node.subject.slice(0, 20));
    };
    const code = "100% discount_code \\";
    const long = "x".repeat(20);
    const all = await find({});
    assert.deepEqual(all.toSorted(), [
      code,
      "Delivery of a Lamp",
      "From the inbox",
      "Lamp",
      long,
    ]);
    assert.deepEqual([all[0], all[1], all[4]], [code, "From the inbox", "Delivery of a Lamp"]);
    const first = await listLearnableEmails(services, admin, {}, { first: 3 });
    assert.deepEqual(await find({}, { after: first.pageInfo.endCursor }), all.slice(3));
    assert.equal(await first.totalCount(), 5);

    assert.deepEqual(await find({ sentFrom: may(2), sentTo: may(4) }), all.slice(1, 4));
    assert.deepEqual(await find({ search: "LAMP  deliv" }), ["Delivery of a Lamp"]);
    assert.deepEqual(await find({ search: "lovelace ä" }), [code]);
    for (const search of ["0%", "t_c", "\\", "ADA@LOVELACE", "\0discount"]) {
      assert.deepEqual(await find({ search }), [code], search);
    }
    assert.deepEqual(await find({ search: " " }), all);
    assert.deepEqual(await find({ search: "%lamp" }), []);

    await db.run(MARK, ["Lamp", "From the inbox"]);
    assert.deepEqual(await find({ learned: true }), ["From the inbox", "Lamp"]);
    assert.deepEqual(await find({ learned: false, search: "lamp" }), ["Delivery of a Lamp"]);
    assert.deepEqual(await find({ learned: true, search: "lamp" }), ["Lamp"]);
    assert.deepEqual(await find({}, {}, other.member), ["A lamp of another"]);

    const period = { sentFrom: may(2), sentTo: may(2) };
    assert.deepEqual(await issuesOf(() => find(period)), ["filter.sentTo OUT_OF_RANGE"]);
    assert.deepEqual(await issuesOf(() => find({}, { first: 201 })), ["first OUT_OF_RANGE"]);
    assert.deepEqual(await issuesOf(() => find({}, { after: "x" })), ["after MALFORMED"]);
  },
);
