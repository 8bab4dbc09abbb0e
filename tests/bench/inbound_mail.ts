// Mails that arrive at /webhooks/email at 200/s, half of them answers, and the first page of each list of 1,000,000
// mails. PostgreSQL only. Options for a short run: --seconds, --mails.
import { createHmac } from "node:crypto";
import { parseArgs } from "node:util";
import { type Database, LONG, statement } from "../../src/db/database.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import { listThreads, type ThreadFilter } from "../../src/domain/emails/list.ts";
import type { Services } from "../../src/domain/services.ts";
import { request } from "../support/program.ts";
import { report, timeOf } from "./report.ts";
import { atRate, type Bench, reportLatencies, type Target, withProgram } from "./small_messages.ts";
import { startSink } from "./smtp_send.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    mails: { type: "string", default: "1000000" },
  },
});
const SECONDS = Number(values.seconds);
const MAILS = Number(values.mails);
const PER_SECOND = 200;
const RATE = { perSecond: PER_SECOND, seconds: SECONDS };
const SECRET = "the secret of this measurement";
const NOTHING = "{ __typename }";

// Four mails in each thread, of about 1,500 characters. Of 1,000 threads 50 wait for an answer.
const FILL = statement<[organizationId: string, first: number, last: number]>(
  "bench.fillMails",
  `with t as materialized (
     select n, uuid_v7() as id, now() - n * interval '1 minute' as at from generate_series($2::int, $3::int) n
   ),
   threads as (
     insert into threads (id, organization_id, subject, subject_key, contact_email, last_message_at,
       answered)
     select id, $1, 'Order ' || n, 'order ' || n, 'person' || n % 50000 || '@example.net', at,
       n % 1000 >= 50
     from t
   )
   insert into emails (id, organization_id, thread_id, direction, kind, message_id, from_address,
     to_addresses, subject, text, reply_text, received_at)
   select uuid_v7(), $1, id, 'INBOUND', 'PERSON', n || '.' || m || '@example.net',
     'person' || n % 50000 || '@example.net', '{shop@example.org}', 'Order ' || n,
     'Dear shop, where is my parcel number ' || n || '? ' || repeat('It was sent to the garden ' || n % 977
       || ' on day ' || m || ', along the fence ' || n % 353 || '. ', 20), 'Where is it?', at
   from t, generate_series(1, 4) m`,
  LONG,
);

const ADD_CONTACTS = statement<[organizationId: string]>(
  "bench.addContacts",
  `insert into contacts (organization_id, email, email_key, vip)
   select $1, 'person' || n || '@example.net', 'person' || n || '@example.net', n % 100 = 0
   from generate_series(0, 49999) n`,
  LONG,
);

const FILTERS: Readonly<Record<string, ThreadFilter>> = {
  "all": {},
  "not answered": { answered: false },
  "answered": { answered: true },
  "important contacts": { vip: true },
  "not answered, important contacts": { answered: false, vip: true },
  "other contacts": { vip: false },
  "search, one match": { search: `${Math.floor(MAILS / 8)}` },
  "search of an address": { search: "person4711@example.net" },
  "search, no match": { search: "nosuchword" },
  "search, all match": { search: "parcel" },
  "search of two words, few match": { search: "garden 976 352" },
  "not answered, search, all match": { search: "fence", answered: false },
};

async function fill({ db }: Services, { organizationId }: Caller): Promise<void> {
  const threads = MAILS / 4;
  const step = 10_000;
  for (let first = 1; first <= threads; first += step) {
    await db.run(FILL, organizationId, first, Math.min(first + step - 1, threads));
  }
  await db.run(ADD_CONTACTS, organizationId);
  await vacuum(db);
}

// Without the time limit of the pool, and outside a transaction.
async function vacuum(db: Database): Promise<void> {
  const client = await db.dedicated();
  await client.query("set statement_timeout = 0");
  await client.query("vacuum analyze emails, threads, contacts");
  await client.end();
}

/** Posts a mail; each second one answers the mail before it. */
async function post({ address }: Target, run: string, n: number): Promise<void> {
  const first = n - n % 2;
  const body = JSON.stringify({
    messageId: `<${run}.${n}@example.com>`,
    inReplyTo: n === first ? null : `<${run}.${first}@example.com>`,
    from: `Customer <customer${first}@example.com>`,
    to: "shop@example.org",
    subject: `Order ${run}.${first}`,
    text: "Dear shop,\n\nit has not arrived. Where is it?\n\nKind regards\n".repeat(10),
  });
  const time = Math.floor(Date.now() / 1_000);
  const signature = createHmac("sha256", SECRET).update(`${time}.${body}`).digest("hex");
  const response = await fetch(`${address}/webhooks/email`, {
    method: "POST",
    body,
    headers: { "x-waybill-signature": `t=${time},v1=${signature}` },
  });
  const { created } = await response.json();
  if (!created) throw new Error(`Cannot store a mail: ${response.status}`);
}

async function measure({ services, caller, target }: Bench): Promise<void> {
  for (const [name, filter] of Object.entries(FILTERS)) {
    report(
      `threads: ${name}`,
      await timeOf(() => listThreads(services, caller, filter, { first: 20 })),
    );
  }
  await atRate(RATE, (n) => post(target, "warm-up", n));
  reportLatencies("a query that reads nothing", await atRate(RATE, () => request(target, NOTHING)));
  reportLatencies(
    `a mail at ${PER_SECOND}/s`,
    await atRate(RATE, (n) => post(target, "measured", n)),
  );
}

const sink = await startSink();
// The suggestions are written by workers of other processes, as in production.
const settings = { WEBHOOK_SECRET: SECRET, WORKER_LANES: "system:1" };
await withProgram(sink.port, fill, measure, settings);
await sink.stop();
