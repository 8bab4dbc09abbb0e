import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { ReusedTokenError } from "../../../src/domain/deliveries/mailgun_token.ts";
import type { ParsedMail } from "../../../src/domain/emails/mail.ts";
import { suggestionsOf } from "../../../src/domain/inbox/find.ts";
import { createMailReceiver } from "../../../src/domain/inbox/receive.ts";
import { onEveryDatabase, type TestDatabase } from "../../support/database.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { addContacts } from "../../support/contacts.ts";
import { countMails, parsedMail } from "../../support/emails.ts";

async function openInbox({ db }: TestDatabase) {
  const services = { db, bus: createBus() };
  const { id: organizationId, admin } = await createOrganization(db);
  const receive = createMailReceiver(services);
  return {
    services,
    admin,
    organizationId,
    receive: (mail: Partial<ParsedMail> = {}) =>
      receive({ organizationId, mail: parsedMail({ from: GRACE, ...mail }), token: null }),
    suggestionOf: async (threadId: string) =>
      (await suggestionsOf(services, [threadId])).get(threadId),
  };
}

const GRACE = { address: "grace@example.com", name: "Grace" };
const PRIORITIES = statement<[], { subject: string; priority: number }>(
  "test.suggestionJobs",
  `select s.thread_id as subject, j.priority from suggestions s join jobs j on j.id = s.job_id
   order by j.priority`,
);

onEveryDatabase("a mail is stored with the suggestion that it waits for", async (database) => {
  const { receive, suggestionOf } = await openInbox(database);
  const auto = await receive({
    subject: "Away",
    headers: new Map([["auto-submitted", "auto-replied"]]),
  });
  assert.equal(await suggestionOf(auto.threadId), undefined);

  const placed = await Promise.all([receive(), receive(), receive()]);
  const [threadId = "", ...others] = new Set(placed.map((mail) => mail.threadId));
  assert.deepEqual(others, []);
  const suggestion = await suggestionOf(threadId);
  assert.equal(suggestion?.status, "WAITING");
  assert.equal(suggestion?.emailId, placed.map(({ emailId }) => emailId).sort().at(-1));
  assert.equal((await database.db.run(PRIORITIES)).length, 1);
  assert.deepEqual(await countMails(database.db), { threads: 2, emails: 4 });
});

onEveryDatabase("mails of important contacts come first", async (database) => {
  const { receive, services, admin } = await openInbox(database);
  await addContacts(services, admin, [{ email: "Ada@Example.com", vip: true }]);
  await receive();
  const { threadId } = await receive({ from: { address: "ada@example.com", name: null } });
  const [first, second] = await database.db.run(PRIORITIES);
  assert.ok((first?.priority ?? 0) < (second?.priority ?? 0));
  assert.equal(second?.subject, threadId);
});

const REFUSE = statement<[]>(
  "test.refuseSuggestions",
  "alter table suggestions add constraint refused check (status <> 'WAITING')",
);
const ACCEPT = statement<[]>(
  "test.acceptSuggestions",
  "alter table suggestions drop constraint refused",
);

onEveryDatabase("a mail without its suggestion is not stored", async (database) => {
  const { receive, suggestionOf } = await openInbox(database);
  await database.db.run(REFUSE);
  const mail = { messageId: "refused@example.com" };
  await assert.rejects(receive(mail), /refused/);
  assert.deepEqual(await countMails(database.db), { threads: 0, emails: 0 });
  await database.db.run(ACCEPT);
  const { created, threadId } = await receive(mail);
  assert.equal(created, true);
  assert.equal((await suggestionOf(threadId))?.status, "WAITING");
});

onEveryDatabase(
  "a token that two processes get at once is accepted for one mail",
  async (database) => {
    const { services, organizationId } = await openInbox(database);
    const processes = [createMailReceiver(services), createMailReceiver(services)];
    const results = await Promise.allSettled(
      processes.map((receive, n) =>
        receive({ organizationId, mail: parsedMail(), token: { token: "token", content: `${n}` } })
      ),
    );
    assert.deepEqual(
      results.map((result) => result.status === "fulfilled" || result.reason.name).sort(),
      [ReusedTokenError.name, true],
    );
    assert.deepEqual(await countMails(database.db), { threads: 1, emails: 1 });
  },
);
