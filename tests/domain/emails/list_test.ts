import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import type { EmailKind } from "../../../src/domain/emails/email.ts";
import { getThread } from "../../../src/domain/emails/find.ts";
import type { ParsedMail } from "../../../src/domain/emails/mail.ts";
import { listEmails, listThreads, type ThreadFilter } from "../../../src/domain/emails/list.ts";
import type { PageArgs } from "../../../src/domain/page.ts";
import { createOrganization } from "../../support/callers.ts";
import { addContacts } from "../../support/contacts.ts";
import { newEmail, parsedMail, placeMails } from "../../support/emails.ts";
import { onEveryMail } from "../../support/mail.ts";

onEveryMail("threads are listed by need of an answer and age, and filtered", async (mail) => {
  const { db, services, organization: { id, admin, member } } = mail;
  await addContacts(services, admin, [{ email: "Grace@example.com", vip: true }]);
  const ada = { address: "ada@lovelace.example.com", name: "Ada Lovelace" };
  const place = async (overrides: Partial<ParsedMail>, kind: EmailKind = "PERSON") => {
    const [placed] = await placeMails(db, id, [newEmail(parsedMail(overrides), { kind })]);
    return placed?.threadId ?? "";
  };
  const old = await place({ subject: "Old", text: "It's a \\ 'quoted' larch-fence" });
  const list = await place({ subject: "Newsletter", from: ada }, "LIST");
  const fence = await place({ subject: "A fence", from: ada, text: "How much is it?" });
  const empty = await place({ subject: "", from: ada, text: "" });

  const find = async (filter: ThreadFilter, page: PageArgs = {}, caller = member) => {
    const { edges } = await listThreads(services, caller, filter, page);
    return edges.map(({ node }) => node.id);
  };
  const all = [empty, fence, old, list];
  assert.deepEqual(await find({}), all);
  const { pageInfo } = await listThreads(services, member, {}, { first: 2 });
  assert.deepEqual(await find({}, { first: 2, after: pageInfo.endCursor }), [old, list]);
  await place({ subject: "Old", text: "I wait" });
  assert.deepEqual(await find({}), [old, empty, fence, list]);

  assert.deepEqual(await find({ answered: true }), [list]);
  assert.deepEqual(await find({ answered: false, vip: false }), [empty, fence]);
  assert.deepEqual(await find({ vip: true }), [old]);
  assert.deepEqual(await find({ search: "FENCE muc" }), [fence]);
  for (
    const search of [
      "larch",
      "it's",
      "\\ larch",
      "'quoted'",
      "larch-fence",
      "grace",
      "shop@example.org",
    ]
  ) {
    assert.ok((await find({ search })).includes(old), search);
  }
  assert.deepEqual(await find({ search: "lovelace", answered: false }), [empty, fence]);
  assert.deepEqual(await find({ search: "fence & ! (" }), [old, fence]);
  for (const search of ["missing", "arch", "& | !"]) {
    assert.deepEqual(await find({ search }), [], search);
  }
  const other = await createOrganization(db, "Another");
  assert.deepEqual(await find({}, {}, other.admin), []);
  assert.deepEqual(await find({ search: "fence" }, {}, other.admin), []);

  const { edges } = await listEmails(services, await getThread(services, member, old), {});
  assert.deepEqual(edges.map(({ node }) => node.text), [
    "It's a \\ 'quoted' larch-fence",
    "I wait",
  ]);
});

const FILL = statement<[organizationId: string, count: number]>(
  "test.fillThreads",
  `with t as materialized (select n, uuid_v7() as id from generate_series(1, $2::int) n),
   threads as (
     insert into threads (id, organization_id, subject, subject_key, contact_email, last_message_at, answered)
     select id, $1, '', '', 'grace@example.com', now() - n * interval '1 minute', true from t
   )
   insert into emails (id, organization_id, thread_id, direction, kind, message_id, from_address, to_addresses, subject,
     text, reply_text, received_at)
   select uuid_v7(), $1, id, 'INBOUND', 'PERSON', n || '@example.com', 'grace@example.com', '{}', 'Parcel ' || n, '', '', now() from t`,
);

onEveryMail("threads are found by words of many mails, and by words of few", async (mail) => {
  const { db, services, organization: { id, member } } = mail;
  await db.run(FILL, id, 5_001);
  const find = async (search: string) => {
    const { edges } = await listThreads(services, member, { search }, { first: 2 });
    const threads = edges.map(({ node }) => listEmails(services, node, {}));
    return (await Promise.all(threads)).flatMap((page) =>
      page.edges.map(({ node }) => node.subject)
    );
  };
  assert.deepEqual(await find("parcel"), ["Parcel 1", "Parcel 2"]);
  assert.deepEqual(await find("parcel 5001"), ["Parcel 5001"]);
  assert.deepEqual(await find("parcel 5002"), []);
});
