import assert from "node:assert/strict";
import { countMails } from "../../support/emails.ts";
import { mailgunSignatureOf, onEveryInbound } from "../../support/inbound_mail.ts";

const FIELDS = {
  recipient: "shop@example.org",
  sender: "bounce+grace@example.com",
  from: "Grace Hopper <grace@example.com>",
  subject: "Where is my order?",
  "body-plain": "It has not arrived. Grüße",
  "body-html": "<p>It has not arrived.</p>",
  "message-headers": JSON.stringify([
    ["Received", "by mx.example.org"],
    ["Message-Id", "<order@example.com>"],
    ["References", "<a@example.com> <b@example.com>"],
    ["From", "Grace Hopper <grace@example.com>"],
    ["To", "shop@example.org"],
    ["Cc", "team@example.org"],
    ["Auto-Submitted", "no"],
  ]),
};
const READ = `query ($id: ID!) {
  thread(id: $id) {
    emails(first: 1) { nodes { from to subject text html attachmentCount messageId kind } }
  }
}`;
const MIME =
  "Message-ID: <mime@example.com>\r\nFrom: ada@example.com\r\nSubject: Caf\u00e9\r\n\r\nHello";

function formOf(fields: Readonly<Record<string, string>>): FormData {
  const form = new FormData();
  for (const [name, value] of Object.entries(fields)) form.set(name, value);
  return form;
}

onEveryInbound("/webhooks/mailgun stores a mail once, without its attachments", async (server) => {
  const { db, post, postForm } = server;
  const form = formOf(FIELDS);
  form.set("attachment-count", "2");
  form.set("attachment-1", new Blob([new Uint8Array(3_000_000)]), "a.bin");
  form.set("attachment-2", new Blob(["text"], { type: "text/plain" }), "b.txt");
  const { status, body } = await postForm(form);
  assert.deepEqual([status, body.created], [200, true]);
  const { body: { data } } = await post(READ, { variables: { id: body.threadId } });
  assert.deepEqual(data.thread.emails.nodes, [{
    from: "grace@example.com",
    to: ["shop@example.org", "team@example.org"],
    subject: "Where is my order?",
    text: "It has not arrived. Grüße",
    html: "<p>It has not arrived.</p>",
    attachmentCount: 2,
    messageId: "order@example.com",
    kind: "PERSON",
  }]);
  const encoded = await postForm(new URLSearchParams(FIELDS));
  assert.deepEqual(encoded, { status: 200, body: { ...body, created: false } });
  const mime = formOf({ recipient: "shop@example.org", "body-mime": MIME });
  assert.equal((await postForm(mime)).body.created, true);
  assert.deepEqual(await countMails(db), { threads: 2, emails: 2 });
});

onEveryInbound("/webhooks/mailgun refuses what it cannot accept", async ({ db, url, postForm }) => {
  const at = Date.now() - 13 * 60 * 60_000;
  assert.equal((await postForm(formOf(FIELDS), { secret: "another key" })).status, 401);
  assert.equal((await postForm(formOf(FIELDS), { at })).status, 401);
  // Mailgun repeats a request that is answered otherwise.
  assert.equal(
    (await postForm(formOf({ ...FIELDS, from: "", sender: "", "message-headers": "?" }))).status,
    406,
  );
  assert.equal((await postForm(formOf({ "body-mime": "no mail" }))).status, 406);
  const large = formOf({ ...FIELDS, "body-plain": "x".repeat(30_000_000) });
  assert.equal((await postForm(large)).status, 406);
  const endpoint = new URL("/webhooks/mailgun", url);
  const boundary = { "content-type": "multipart/form-data; boundary=x" };
  for (
    const [body, headers, status] of [
      ["--x\r\ncontent-disposition: form-data; name=a\r\n\r\nunfinished", boundary, 400],
      ["", { "content-type": "multipart/form-data" }, 400],
      ["{}", { "content-type": "application/json" }, 400],
      ["a=b", { "content-type": "application/x-www-form-urlencoded" }, 401],
    ] as const
  ) {
    const response = await fetch(endpoint, { method: "POST", body, headers });
    await response.body?.cancel();
    assert.equal(response.status, status, body);
  }
  assert.deepEqual(await countMails(db), { threads: 0, emails: 0 });
});

onEveryInbound("/webhooks/mailgun accepts a token for one mail only", async (server) => {
  const { db, url, post, postForm } = server;
  const token = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0";
  const first = await postForm(formOf(FIELDS), { token });
  assert.deepEqual([first.status, first.body.created], [200, true]);
  // Mailgun repeats a request until it is answered; the order of the fields may change.
  const repeated = formOf(Object.fromEntries(Object.entries(FIELDS).reverse()));
  assert.deepEqual(await postForm(repeated, { token }), {
    status: 200,
    body: { ...first.body, created: false },
  });
  const attached = formOf(FIELDS);
  attached.set("attachment-1", new Blob(["invoice"]), "a.txt");
  for (
    const forged of [
      formOf({ ...FIELDS, "body-plain": "Send it to another address." }),
      formOf({ ...FIELDS, "message-headers": "[]" }),
      formOf({ "body-mime": MIME }),
      attached,
    ]
  ) {
    const { status, body } = await postForm(forged, { token });
    assert.equal(status, 401);
    assert.match(body.errors[0]?.message ?? "", /token was used for other content/);
  }
  const { body: { data } } = await post(READ, { variables: { id: first.body.threadId } });
  assert.equal(data.thread.emails.nodes[0].text, FIELDS["body-plain"]);
  assert.deepEqual(await countMails(db), { threads: 1, emails: 1 });

  // Events of Mailgun have the same signature.
  const signature = mailgunSignatureOf();
  const event = await fetch(new URL("/webhooks/bounces/mailgun", url), {
    method: "POST",
    body: JSON.stringify({ signature, "event-data": { id: "event", event: "opened" } }),
  });
  await event.body?.cancel();
  assert.equal(event.status, 200);
  const other = formOf({ "body-mime": MIME });
  assert.equal((await postForm(other, { token: signature.token })).status, 401);
  assert.equal((await postForm(other)).status, 200);
});

onEveryInbound("of mails with one token that arrive at once, one is stored", async (server) => {
  const { db, postForm } = server;
  const token = crypto.randomUUID();
  const mails = Array.from(
    { length: 8 },
    (_, n) => ({ ...FIELDS, "body-plain": `${n}`, "message-headers": "[]" }),
  );
  const answers = await Promise.all(mails.map((mail) => postForm(formOf(mail), { token })));
  assert.deepEqual(
    answers.map(({ status }) => status).sort(),
    [200, 401, 401, 401, 401, 401, 401, 401],
  );
  assert.deepEqual(await countMails(db), { threads: 1, emails: 1 });
});
