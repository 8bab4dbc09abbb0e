import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { gzipSync } from "node:zlib";
import { type Database, statement } from "../../../src/db/database.ts";
import { createBus } from "../../../src/events/bus.ts";
import { importEmails } from "../../../src/server/imports/emails.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
import { streamOf } from "../../support/uploads.ts";

const MAILS = await readFile(new URL("./fixtures/mails.mbox", import.meta.url));
const PUBLIC_MAILS = await readFile(new URL("./fixtures/public_mails.mbox", import.meta.url));
const MBOX = { "content-type": "application/mbox" };

interface StoredMail {
  readonly messageId: string;
  readonly summary: string;
  readonly replyText: string;
}

const STORED = statement<[organizationId: string], StoredMail>(
  "test.importedMails",
  `select message_id as "messageId", reply_text as "replyText", concat_ws(' | ', direction, kind,
     from_address, from_name, subject, attachment_count::text, thread_id::text,
     to_char(received_at at time zone 'UTC', 'MM-DD HH24:MI')) as summary
   from emails where organization_id = $1 order by id`,
);

async function open(db: Database) {
  const services = { db, bus: createBus() };
  const { id, member } = await createOrganization(db);
  const send = async (
    body: BodyInit,
    { query = "?own=Desk@Example.com", headers = MBOX }: {
      readonly query?: string;
      readonly headers?: Record<string, string>;
    } = {},
  ) => {
    const url = `http://localhost/import/emails${query}`;
    const request = new Request(url, { method: "POST", headers, body });
    const response = await importEmails(services, request, member);
    return { status: response.status, answer: await response.json() };
  };
  return { send, stored: () => db.run(STORED, id) };
}

onEveryDatabase("importEmails() stores mails of many kinds once", async ({ db }) => {
  const { send, stored } = await open(db);
  const noSender = "has no header From with an address";
  const refusedMails = [
    { offset: MAILS.indexOf("From nobody Mon May  4 11:30:00 2026"), reason: noSender },
    { offset: MAILS.indexOf("From nobody Mon May  4 11:31:00 2026"), reason: noSender },
  ];
  assert.deepEqual(await send(MAILS), {
    status: 200,
    answer: { added: 13, known: 1, sent: 1, refused: 2, refusedMails },
  });
  const mails = await stored();
  assert.deepEqual(mails.map(({ summary }) => summary), SUMMARIES);
  const texts = new Map(mails.map(({ messageId, replyText }) => [messageId, replyText]));
  for (const [id, text] of Object.entries(REPLY_TEXTS)) assert.equal(texts.get(id), text);
  const derived = mails.find(({ summary }) => summary.includes("No Message-ID"));
  assert.match(derived?.messageId ?? "", /^[0-9a-f]{64}@sha256\.invalid$/);

  const headers = { ...MBOX, "content-encoding": "gzip" };
  const again = await send(gzipSync(MAILS), { headers });
  assert.deepEqual(again.answer, { added: 0, known: 14, sent: 1, refused: 2, refusedMails });
});

onEveryDatabase(
  "importEmails() takes own addresses of a later import of the same mails",
  async ({ db }) => {
    const { send, stored } = await open(db);
    const sent = async () =>
      (await stored()).flatMap(({ summary }) => summary.startsWith("OUTBOUND") ? [summary] : []);
    assert.equal((await send(MAILS, { query: "" })).answer.sent, 0);
    assert.deepEqual(await sent(), []);
    const { answer: { added, known } } = await send(MAILS);
    assert.deepEqual([added, known], [0, 14]);
    assert.deepEqual(await sent(), SUMMARIES.filter((summary) => summary.startsWith("OUTBOUND")));
    await send(MAILS, { query: "" });
    assert.equal((await sent()).length, SUMMARIES.filter((s) => s.startsWith("OUTBOUND")).length);
  },
);

onPostgres("importEmails() reads real mails of many encodings and faults", async ({ db }) => {
  const { send, stored } = await open(db);
  const { answer: { refusedMails, ...counts } } = await send(PUBLIC_MAILS);
  assert.deepEqual(counts, { added: 69, known: 27, sent: 0, refused: 1 });
  const [refused] = refusedMails;
  assert.match(
    PUBLIC_MAILS.subarray(refused.offset).toString(),
    /^From nobody .+\nSubject: =\?NONE\?/,
  );
  const mails = await stored();
  for (const { sender, subject, attachments, text } of PUBLIC_SAMPLES) {
    const found = mails.filter(({ summary }) =>
      summary.includes(` | ${sender} | `) && summary.includes(` | ${subject} | ${attachments} | `)
    );
    assert.ok(found.some(({ replyText }) => replyText.includes(text)), `${sender}: ${subject}`);
  }
});

const PUBLIC_SAMPLES = [
  {
    sender: "atsushi@example.com",
    subject: "Re: TEST テストテスト",
    attachments: 0,
    text: "Hello",
  },
  {
    sender: "jamis@37signals.com",
    subject: "NOTE: 한국말로 하는 것",
    attachments: 0,
    text: "하나님을",
  },
  { sender: "raasdnil@gmail.com", subject: "まみむめも", attachments: 0, text: "すみません。" },
  { sender: "xxxxxxx@docomo.ne.jp", subject: "test", attachments: 0, text: "あいうえお" },
  { sender: "from@example.com", subject: "test", attachments: 0, text: "스티해" },
  { sender: "jdöe@mächine.example", subject: "Säying Hello", attachments: 0, text: "body" },
  {
    sender: "jamis@37signals.com",
    subject: "Testing attachments",
    attachments: 2,
    text: "- Jamis",
  },
  { sender: "jeff@37signals.com", subject: "Eelanalüüsi päring", attachments: 1, text: "" },
  {
    sender: "gmail-noreply@google.com",
    subject: "Nicolas Fouché has accepted your invitation to Gmail",
    attachments: 0,
    text: "brand new address",
  },
  {
    sender: "mailer-daemon@lvmail01.ll.com",
    subject: "Undelivered Mail Returned to Sender",
    attachments: 2,
    text: "This is the mail system at host",
  },
];

const SUMMARIES = [
  "INBOUND | LIST | ada@example.org | ada at example.org | [Lamps] Flickering after the update | 0 | 05-04 08:00",
  "OUTBOUND | OWN | desk@example.com | Desk | Re: [Lamps] Flickering after the update | 0 | 05-04 09:00",
  "INBOUND | PERSON | juergen@example.net | Jürgen Groß | Rückgabe | 0 | 05-04 09:30",
  "INBOUND | PERSON | taro@example.jp | 山田太郎 | ランプについて | 0 | 05-04 10:00",
  "INBOUND | PERSON | olga@example.ru | Ольга | Лампа | 0 | 05-04 10:10",
  "INBOUND | PERSON | eva@example.at | Eva | Lampe in Grün? | 0 | 05-04 10:20",
  "INBOUND | PERSON | max@example.net | Max | Pictures of the damage | 1 | 05-04 10:30",
  "INBOUND | FORWARD | kim@example.net | Kim | Fwd: Invoice 4711 | 0 | 05-04 10:40",
  "INBOUND | PERSON | grace@example.net | Grace | No Message-ID | 0 | 05-04 10:50",
  "INBOUND | LIST | news@example.net | News | Offer | 0 | 05-04 11:00",
  "INBOUND | BOUNCE | mailer-daemon@mx.example.net | Mail Delivery System | Undelivered Mail Returned to Sender | 1 | 05-04 11:10",
  "INBOUND | AUTO_REPLY | max@example.net | Max | Automatic reply: Your lamp | 0 | 05-04 11:20",
  "INBOUND | PERSON | zoe@example.net | Zoe | Broken lines | 0 | 05-04 11:40",
];

const REPLY_TEXTS: Readonly<Record<string, string>> = {
  "answer-1@example.com": `Hello Ada,

From version 2.1 on, set the frequency to 50 Hz: Settings, Light.

Kind regards
Desk`,
  "iso-8859-1@example.net": "Grüße, wie gebe ich die Lampe zurück?\n\nJürgen",
  "iso-2022-jp@example.jp": "ランプは青いですか。",
  "koi8-r@example.ru": "Когда придёт лампа?",
  "quoted-printable@example.at":
    "Die Lampe für 49 € gefällt mir; gibt es sie auch in Grün, und wie lange dauert die Lieferung nach Österreich?",
  "nested@example.net": "The lamp arrived broken, see the pictures.",
  "html@example.net": "Buy our offer [https://example.net/offer?a=1].",
};

onEveryDatabase("importEmails() keeps the mails before an interruption", async ({ db }) => {
  const { send, stored } = await open(db);
  const mail = (n: number) =>
    `From a@example.net Mon May  4 08:00:00 2026\nFrom: a@example.net\nMessage-ID: <${n}@a>\n\nHi\n\n`;
  const mails = Array.from({ length: 1_000 }, (_, n) => mail(n)).join("");
  const { status, answer } = await send(streamOf([mails], true));
  assert.equal(status, 400);
  assert.equal(answer.errors[0].extensions.code, "BROKEN_OFF");
  const kept = (await stored()).length;
  assert.ok(kept >= 800);
  assert.deepEqual((await send(mails)).answer, {
    added: 1_000 - kept,
    known: kept,
    sent: 0,
    refused: 0,
    refusedMails: [],
  });
});

onEveryDatabase(
  "importEmails() refuses a mail of more than 30 MiB, and reads the others",
  async ({ db }) => {
    const { send } = await open(db);
    const from = "From a@example.net Mon May  4 08:00:00 2026\nFrom: a@example.net\n";
    const large = `${from}\n${"0123456789\n".repeat(2_900_000)}\n`;
    assert.deepEqual((await send(`${from}\nA\n\n${large}${from}\nB\n`)).answer, {
      added: 2,
      known: 0,
      sent: 0,
      refused: 1,
      refusedMails: [
        { offset: from.length + 4, reason: "is larger than 31,457,280 bytes" },
      ],
    });
  },
);

onEveryDatabase("importEmails() refuses files without mails, and other input", async ({ db }) => {
  const { send, stored } = await open(db);
  const issuesOf = async (body: BodyInit, query?: string) => {
    const { status, answer } = await send(body, { query });
    assert.equal(status, 400);
    return answer.errors[0].extensions.issues.map(
      ({ path, code }: { path: string[]; code: string }) => [...path, code].join(" "),
    );
  };
  assert.deepEqual(await issuesOf(" \n"), ["mails REQUIRED"]);
  assert.deepEqual(await issuesOf("email\nada@example.com\n"), ["mails 0 REFUSED"]);
  assert.deepEqual(await issuesOf(MAILS, "?own=desk"), ["own MALFORMED"]);
  assert.deepEqual(await issuesOf(MAILS, "?mine=desk@example.com"), ["mine UNKNOWN_FIELD"]);
  assert.equal((await send(MAILS, { headers: { "content-type": "text/csv" } })).status, 415);
  assert.deepEqual(await stored(), []);
});
