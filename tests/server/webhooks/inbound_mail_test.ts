import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { saveInboundSecret } from "../../../src/domain/inbound_routes/save.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { createOrganization } from "../../support/callers.ts";
import { addContacts } from "../../support/contacts.ts";
import { countMails } from "../../support/emails.ts";
import {
  type InboundServer,
  onEveryInbound,
  rawMail,
  signatureOf,
} from "../../support/inbound_mail.ts";

const MAIL = {
  messageId: "<order@example.com>",
  from: "Grace Hopper <Grace@Example.com>",
  to: "Shop <shop@example.org>, team@example.org",
  subject: "Where is my order?",
  text: "It has not arrived.\n\n> Your order was sent",
  attachmentCount: 2,
};
const SET_SENDER = statement<[id: string]>(
  "test.setSender",
  "update organizations set from_address = 'shop@example.org' where id = $1",
);
const READ = `query ($id: ID!) {
  thread(id: $id) {
    subject answered contactEmail contactName contact { name }
    emails(first: 5) {
      nodes { direction kind from fromName to subject text replyText html attachmentCount messageId }
    }
  }
}`;

async function readThread({ post }: InboundServer, id: string) {
  const { body } = await post(READ, { variables: { id } });
  assert.equal(body.errors, undefined);
  return body.data.thread;
}

onEveryInbound("/webhooks/email stores a mail once", async (server) => {
  const { db, postJson } = server;
  const { status, body } = await postJson(MAIL);
  assert.deepEqual([status, body.created], [200, true]);
  assert.deepEqual(await readThread(server, body.threadId), {
    subject: "Where is my order?",
    answered: false,
    contactEmail: "grace@example.com",
    contactName: "Grace Hopper",
    contact: null,
    emails: {
      nodes: [{
        direction: "INBOUND",
        kind: "PERSON",
        from: "grace@example.com",
        fromName: "Grace Hopper",
        to: ["shop@example.org", "team@example.org"],
        subject: "Where is my order?",
        text: MAIL.text,
        replyText: "It has not arrived.",
        html: null,
        attachmentCount: 2,
        messageId: "order@example.com",
      }],
    },
  });
  const again = await Promise.all(Array.from({ length: 8 }, () => postJson(MAIL)));
  for (const answer of again) {
    assert.deepEqual(answer, { status: 200, body: { ...body, created: false } });
  }
  assert.deepEqual(await countMails(db), { threads: 1, emails: 1 });
});

onEveryInbound(
  "contactName is the name of the contact, or else the one in the newest mail that has a name",
  async (server) => {
    const { services, organization: { admin }, postJson } = server;
    const nameOf = async (threadId: string) => (await readThread(server, threadId)).contactName;
    const from = async (sender: string, messageId: string) =>
      (await postJson({ ...MAIL, messageId, from: sender })).body.threadId;
    const thread = await from("Grace <grace@example.com>", "<1@example.com>");
    await from("Grace Hopper <grace@example.com>", "<2@example.com>");
    await from("grace@example.com", "<3@example.com>");
    assert.equal(await nameOf(thread), "Grace Hopper");
    await addContacts(services, admin, [{ email: "grace@example.com", name: "Dr. Hopper" }]);
    assert.equal(await nameOf(thread), "Dr. Hopper");
    assert.equal(await nameOf(await from("max@example.com", "<4@example.com>")), null);
  },
);

onEveryInbound("/webhooks/email reads a mail in MIME format, and HTML", async (server) => {
  const { postJson } = server;
  const raw = rawMail([
    "Message-ID: <mime@example.com>",
    "In-Reply-To: <order@example.com>",
    "From: =?utf-8?q?Andr=C3=A9?= <andre@example.com>",
    "To: shop@example.org",
    "Subject: Re: =?utf-8?q?Gr=C3=BC=C3=9Fe?=",
    "Content-Type: multipart/mixed; boundary=x",
    "",
    "--x",
    "Content-Type: text/plain; charset=utf-8",
    "",
    "Grüße",
    "--x",
    "Content-Type: image/png",
    "Content-Disposition: attachment; filename=a.png",
    "Content-Transfer-Encoding: base64",
    "",
    "AAAA",
    "--x--",
  ]);
  const mime = await postJson({ raw });
  const [email] = (await readThread(server, mime.body.threadId)).emails.nodes;
  assert.deepEqual(
    [email.subject, email.text.trim(), email.fromName, email.attachmentCount],
    ["Re: Grüße", "Grüße", "André", 1],
  );
  const html = '<p>Seen</p><p style="display:none">Hidden</p>';
  const parsed = await postJson({ from: "ada@example.com", html });
  const [page] = (await readThread(server, parsed.body.threadId)).emails.nodes;
  assert.deepEqual([page.text, page.html], ["Seen", html]);
  const long = await postJson({ from: "ada@example.com", html: `Long${" ".repeat(1_000_000)}End` });
  const [beginning] = (await readThread(server, long.body.threadId)).emails.nodes;
  assert.deepEqual([beginning.text, beginning.html], ["Long", null]);
});

onEveryInbound("only mails of others wait for an answer", async (server) => {
  const { postJson, services, organization } = server;
  await services.db.run(SET_SENDER, organization.id);
  const kindOf = async (mail: Record<string, unknown>) => {
    const { body } = await postJson({ ...MAIL, ...mail, messageId: crypto.randomUUID() });
    const thread = await readThread(server, body.threadId);
    return [thread.emails.nodes.at(-1).kind, thread.answered];
  };
  const of = (headers: Record<string, string>) => ({
    headers,
    from: `${crypto.randomUUID()}@example.com`,
  });
  assert.deepEqual(await kindOf(of({ "Auto-Submitted": "auto-replied" })), ["AUTO_REPLY", true]);
  assert.deepEqual(await kindOf(of({ "List-Id": "<news.example.com>" })), ["LIST", true]);
  assert.deepEqual(await kindOf({ from: "MAILER-DAEMON@example.com" }), ["BOUNCE", true]);
  assert.deepEqual(await kindOf({}), ["PERSON", false]);
  const own = { from: "Shop <shop@example.org>", to: "grace@example.com" };
  assert.deepEqual(await kindOf(own), ["OWN", true]);
  const form = { from: "shop@example.org", to: "shop@example.org", replyTo: "ada@example.com" };
  assert.deepEqual(await kindOf(form), ["PERSON", false]);
});

onEveryInbound(
  "/webhooks/email refuses what it cannot accept, and stores nothing",
  async (server) => {
    const { db, postJson, url } = server;
    const statusOf = async (...args: Parameters<typeof postJson>) =>
      (await postJson(...args)).status;
    const old = Date.now() - 6 * 60_000;
    assert.equal(await statusOf(MAIL, { secret: "another secret of some length" }), 401);
    assert.equal(await statusOf(MAIL, { at: old }), 401);
    assert.equal(await statusOf(MAIL, { at: Date.now() + 6 * 60_000 }), 401);
    const tampered = signatureOf(JSON.stringify({ ...MAIL, text: "Refund me" }));
    for (const signature of [tampered, "", "v1=00", signatureOf("x").replace(/t=\d+/, "t=1")]) {
      assert.equal(await statusOf(MAIL, { headers: { "x-waybill-signature": signature } }), 401);
    }
    for (
      const mail of [
        "{",
        "[]",
        "null",
        {},
        { ...MAIL, from: "nobody" },
        { ...MAIL, text: 7 },
        { ...MAIL, attachmentCount: -1 },
        { ...MAIL, date: "tomorrow" },
        { raw: "?" },
        { raw: rawMail(["Subject: No sender", "", "Hello"]) },
      ]
    ) assert.equal(await statusOf(mail), 400, JSON.stringify(mail));
    const { status, body } = await postJson({ ...MAIL, from: 1, subject: [] });
    assert.equal(status, 400);
    assert.match(JSON.stringify(body), /"from".*"subject"/);
    assert.equal(await statusOf({ ...MAIL, text: "x".repeat(30_000_000) }), 413);
    for (
      const id of [
        "",
        "org_1",
        toTypeId("organization", crypto.randomUUID()),
        server.organization.id,
      ]
    ) {
      const answer = await fetch(new URL(`/webhooks/email/${id}`, url), { method: "POST" });
      await answer.body?.cancel();
      assert.equal(answer.status, 404, id);
    }
    assert.deepEqual(await countMails(db), { threads: 0, emails: 0 });
  },
);

onEveryInbound("a route of an organization accepts its own secrets", async (server) => {
  const { db, services, postJson } = server;
  const other = await createOrganization(db, "Another");
  const save = async () => {
    const { generated } = await saveInboundSecret(services, other.admin, { kind: "EMAIL" });
    return generated ?? "";
  };
  const [old, secret] = [await save(), await save()];
  const path = `/webhooks/email/${toTypeId("organization", other.id)}`;
  assert.equal((await postJson(MAIL, { path })).status, 401);
  assert.equal((await postJson(MAIL, { path, secret: old })).body.created, true);
  const body = JSON.stringify(MAIL);
  const [, stale] = signatureOf(body, "a secret that is no longer valid").split(",");
  const both = `${signatureOf(body, secret)},${stale}`;
  const answer = await postJson(body, { path, headers: { "x-waybill-signature": both } });
  assert.deepEqual([answer.status, answer.body.created], [200, false]);
  const { body: read } = await server.post(READ, { variables: { id: answer.body.threadId } });
  assert.equal(read.data.thread, null);
  assert.equal((await postJson(MAIL)).body.created, true);
});
