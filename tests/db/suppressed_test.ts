import assert from "node:assert/strict";
import { cp, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { type Database, statement } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { onEveryDatabase } from "../support/database.ts";
import { findDeliveryFaults } from "../support/delivery_ledger.ts";

const MIGRATIONS = fileURLToPath(new URL("../../migrations/", import.meta.url));

const DELIVERIES = statement<[], { text: string }>(
  "test.convertedDeliveries",
  `select concat_ws(' ', m.title, d.n, d.status, d.suppression_reason, d.attempt, d.tries, d.provider,
     to_char(d.last_attempt_at at time zone 'UTC', 'HH24:MI'), d.error_type, d.error_code,
     d.error_message, case when d.failed_at is not null then 'failed' end) as text
   from deliveries d join messages m on m.id = d.message_id order by m.title, d.n`,
);
const MESSAGES = statement<[], { text: string }>(
  "test.convertedMessages",
  "select title || ' ' || status as text from messages order by 1",
);
const COUNTERS = statement<[], { text: string }>(
  "test.convertedCounters",
  `select concat_ws(' ', m.title, b.number, to_char(s.minute at time zone 'UTC', 'HH24:MI'), s.attempt,
     s.outcome, nullif(s.error_type, ''), s.n) as text
   from delivery_stats s join messages m on m.id = s.message_id join batches b on b.id = s.batch_id
   order by 1`,
);
const ATTEMPTS = statement<[], { text: string }>(
  "test.convertedAttempts",
  `select concat_ws(' ', m.title, d.n, a.tries, a.attempt, a.outcome, a.error_code) as text
   from delivery_attempts a join deliveries d on d.id = a.delivery_id
     join messages m on m.id = d.message_id order by 1`,
);
const RECEIVED = statement<[], { id: string; count: number }>(
  "test.acceptedTries",
  "select delivery_id as id, count(*) from delivery_attempts where outcome = 'SUCCEEDED' group by 1",
);

// One batch per message and attempt number. An outcome is recorded in the minute of its attempt's number.
const OLD_DATA = `
  create temporary table tried (title text, n int, attempt int, outcome text, error text, code text);
  insert into tried values
    ('listed', 1, 1, 'SENT', null, null), ('listed', 2, 1, 'FAILED', 'INVALID_RECIPIENT', 'SUPPRESSED'),
    ('listed', 3, 1, 'FAILED', 'INVALID_RECIPIENT', 'SUPPRESSED'), ('listed', 4, 1, 'SENT', null, null),
    ('receipt', 1, 1, 'FAILED', 'INVALID_RECIPIENT', 'SUPPRESSED'),
    ('refused', 1, 1, 'FAILED', 'INVALID_RECIPIENT', 'SUPPRESSED'),
    ('refused', 2, 1, 'FAILED', 'INVALID_RECIPIENT', '550 5.1.1'),
    ('mixed', 1, 1, 'SENT', null, null), ('mixed', 2, 1, 'FAILED', 'NETWORK', 'ECONNRESET'),
    ('mixed', 3, 1, 'FAILED', 'INVALID_RECIPIENT', 'SUPPRESSED'),
    ('retried', 1, 1, 'FAILED', 'NETWORK', 'ECONNRESET'),
    ('retried', 1, 2, 'FAILED', 'INVALID_RECIPIENT', 'SUPPRESSED'),
    ('removed', 1, 1, 'FAILED', 'INVALID_RECIPIENT', 'SUPPRESSED'), ('removed', 1, 2, 'SENT', null, null),
    ('twice', 1, 1, 'FAILED', 'NETWORK', 'ECONNRESET'), ('twice', 2, 1, 'SENT', null, null),
    ('twice', 1, 2, 'FAILED', 'INVALID_RECIPIENT', 'SUPPRESSED'),
    ('twice', 1, 3, 'FAILED', 'INVALID_RECIPIENT', 'SUPPRESSED'),
    ('waiting', 1, 1, 'FAILED', 'INVALID_RECIPIENT', 'SUPPRESSED'), ('waiting', 2, 1, 'SENT', null, null);
  insert into messages (id, organization_id, title, channel, type, lane, status, subject, unsubscribable,
    recipient_count, planned_count, retry_rounds, finished_at)
  select uuid_v7(), (select id from organizations limit 1), title, 'EMAIL', 'news', 'BULK',
    case when bool_and(outcome = 'FAILED') then 'FAILED' when title = 'removed' then 'SENT'
      else 'PARTIALLY_SENT' end, 'News',
    title = 'listed', count(distinct n), count(distinct n), max(attempt) - 1, now()
  from tried group by title;
  insert into batches (organization_id, message_id, number, round, lo, hi, picked, size, job_id,
    started_at, finished_at)
  select m.organization_id, m.id, attempt, attempt, case attempt when 1 then 1 end,
    case attempt when 1 then max(n) end, case when attempt > 1 then array_agg(n) end, count(*), uuid_v7(),
    '2026-05-01T10:00:00Z'::timestamptz + attempt * interval '1 minute', now()
  from tried t join messages m using (title) group by 1, 2, 3;
  insert into deliveries (organization_id, message_id, n, batch_number, address, status, attempt, tries,
    error_type, error_code, error_message, provider, last_attempt_at, sent_at, failed_at)
  select distinct on (m.id, n) m.organization_id, m.id, n, attempt, 'Person' || n || '@Example.net',
    outcome, attempt, attempt, error, code, case when error is not null then 'Text' end,
    case when code is distinct from 'SUPPRESSED' then 'smtp' end,
    '2026-05-01T10:00:30Z'::timestamptz + attempt * interval '1 minute',
    case outcome when 'SENT' then now() end, case outcome when 'FAILED' then now() end
  from tried t join messages m using (title) order by m.id, n, attempt desc;
  insert into delivery_attempts (organization_id, delivery_id, tries, attempt, provider, started_at,
    finished_at, outcome, error_type, error_code, error_message)
  select d.organization_id, d.id, t.attempt, t.attempt,
    case when code is distinct from 'SUPPRESSED' then 'smtp' end, at, at,
    case outcome when 'SENT' then 'SUCCEEDED' else outcome end, error, code,
    case when error is not null then 'Text' end
  from tried t join messages m using (title) join deliveries d on d.message_id = m.id and d.n = t.n,
    lateral (select '2026-05-01T10:00:30Z'::timestamptz + t.attempt * interval '1 minute' as at) a;
  insert into delivery_stats (organization_id, message_id, batch_id, minute, attempt, outcome,
    error_type, n)
  select b.organization_id, b.message_id, b.id,
    '2026-05-01T10:00:00Z'::timestamptz + o.attempt * interval '1 minute', t.attempt, o.outcome,
    coalesce(t.error, ''), count(*)
  from tried t join messages m using (title)
    cross join lateral (
      select t.outcome, t.attempt
      union all select 'RETRIED', t.attempt + 1 from tried
      where title = t.title and n = t.n and attempt = t.attempt + 1) o
    join batches b on b.message_id = m.id and b.number = o.attempt
  group by 1, 2, 3, 4, 5, 6, 7;
  update deliveries d set status = 'COMPLAINED', error_type = 'PERMISSION' from messages m
  where m.id = d.message_id and title = 'listed' and n = 4;
  insert into delivery_stats (organization_id, message_id, batch_id, minute, attempt, outcome,
    error_type, n)
  select b.organization_id, b.message_id, b.id, '2026-05-01T12:00:00Z', 1, 'COMPLAINED', 'PERMISSION', 1
  from batches b join messages m on m.id = b.message_id where title = 'listed';
  -- A person has retried the suppressed recipient, whose new batch has not begun.
  with m as (
    update messages set status = 'SENDING', finished_at = null, retry_rounds = 1 where title = 'waiting'
    returning id, organization_id
  ),
  d as (
    update deliveries d set status = 'PENDING', batch_number = 2 from m
    where d.message_id = m.id and d.status = 'FAILED'
  ),
  b as (
    insert into batches (organization_id, message_id, number, round, picked, size, job_id)
    select organization_id, id, 2, 2, '{1}', 1, uuid_v7() from m returning id, organization_id, message_id
  )
  insert into delivery_stats (organization_id, message_id, batch_id, minute, attempt, outcome,
    error_type, n)
  select organization_id, message_id, id, '2026-05-01T10:05:00Z', 1, 'RETRIED', 'INVALID_RECIPIENT', 1
  from b;
  insert into suppressions (organization_id, channel, address, reason)
  select organization_id, 'EMAIL', 'person' || n || '@example.net', reason
  from messages, (values (2, 'BOUNCED'), (2, 'UNSUBSCRIBED'), (1, 'UNSUBSCRIBED'), (1, 'REFUSED'))
    as s(n, reason)
  where title = 'listed';
  insert into suppressions (organization_id, channel, address, reason)
  select uuid_v7(), 'EMAIL', 'person3@example.net', 'COMPLAINED';
  drop table tried;`;

/** Rebuilds a database as it was before the migration, with deliveries to suppressed recipients. */
async function restoreOldDatabase(db: Database): Promise<void> {
  const old = await mkdtemp(join(tmpdir(), "waybill-migrations-"));
  try {
    await cp(MIGRATIONS, old, {
      recursive: true,
      filter: (path) => !/\/00(2[1-9]|[3-9]\d)_/.test(path),
    });
    await runScript(db, "drop schema public cascade; create schema public");
    await migrate(db, pathToFileURL(`${old}/`));
    await runScript(db, OLD_DATA);
  } finally {
    await rm(old, { recursive: true });
  }
}

// On a connection of its own, so that the embedded database can be migrated after it.
async function runScript(db: Database, script: string): Promise<void> {
  const client = await db.dedicated();
  try {
    await client.query(script);
  } finally {
    await client.end();
  }
}

async function textsOf(db: Database, query: typeof DELIVERIES): Promise<string[]> {
  return (await db.run(query)).map(({ text }) => text);
}

onEveryDatabase(
  "the migration makes suppressed recipients SUPPRESSED, with their counters, attempts and messages",
  async ({ db }) => {
    await restoreOldDatabase(db);
    await migrate(db);
    assert.deepEqual(await textsOf(db, DELIVERIES), [
      "listed 1 SENT 1 1 smtp 10:01",
      "listed 2 SUPPRESSED UNSUBSCRIBED 0 0",
      "listed 3 SUPPRESSED MANUAL 0 0",
      "listed 4 COMPLAINED 1 1 smtp 10:01 PERMISSION",
      "mixed 1 SENT 1 1 smtp 10:01",
      "mixed 2 FAILED 1 1 smtp 10:01 NETWORK ECONNRESET Text failed",
      "mixed 3 SUPPRESSED MANUAL 0 0",
      "receipt 1 SUPPRESSED REFUSED 0 0",
      "refused 1 SUPPRESSED REFUSED 0 0",
      "refused 2 FAILED 1 1 smtp 10:01 INVALID_RECIPIENT 550 5.1.1 Text failed",
      // It was sent to when it was not listed any more: its history stays.
      "removed 1 SENT 2 2 smtp 10:02",
      "retried 1 SUPPRESSED REFUSED 1 1 smtp 10:01",
      "twice 1 SUPPRESSED REFUSED 1 1 smtp 10:01",
      "twice 2 SENT 1 1 smtp 10:01",
      "waiting 1 PENDING 0 0",
      "waiting 2 SENT 1 1 smtp 10:01",
    ]);
    assert.deepEqual(await textsOf(db, MESSAGES), [
      "listed SENT",
      "mixed PARTIALLY_SENT",
      "receipt SENT",
      "refused FAILED",
      "removed SENT",
      "retried SENT",
      "twice SENT",
      "waiting SENDING",
    ]);
    assert.deepEqual(await textsOf(db, COUNTERS), [
      "listed 1 10:01 0 SUPPRESSED 2",
      "listed 1 10:01 1 SENT 2",
      "listed 1 12:00 1 COMPLAINED PERMISSION 1",
      "mixed 1 10:01 0 SUPPRESSED 1",
      "mixed 1 10:01 1 FAILED NETWORK 1",
      "mixed 1 10:01 1 SENT 1",
      "receipt 1 10:01 0 SUPPRESSED 1",
      "refused 1 10:01 0 SUPPRESSED 1",
      "refused 1 10:01 1 FAILED INVALID_RECIPIENT 1",
      "removed 1 10:01 1 FAILED INVALID_RECIPIENT 1",
      "removed 2 10:02 1 RETRIED INVALID_RECIPIENT 1",
      "removed 2 10:02 2 SENT 1",
      "retried 1 10:01 1 FAILED NETWORK 1",
      "retried 2 10:02 1 RETRIED NETWORK 1",
      "retried 2 10:02 1 SUPPRESSED 1",
      "twice 1 10:01 1 FAILED NETWORK 1",
      "twice 1 10:01 1 SENT 1",
      "twice 2 10:02 1 RETRIED NETWORK 1",
      "twice 2 10:02 1 SUPPRESSED 1",
      "twice 3 10:03 1 SUPPRESSED 1",
      "twice 3 10:03 1 SUPPRESSION_RETRIED 1",
      "waiting 1 10:01 0 SUPPRESSED 1",
      "waiting 1 10:01 1 SENT 1",
      "waiting 2 10:05 0 SUPPRESSION_RETRIED 1",
    ]);
    assert.deepEqual(await textsOf(db, ATTEMPTS), [
      "listed 1 1 1 SUCCEEDED",
      "listed 4 1 1 SUCCEEDED",
      "mixed 1 1 1 SUCCEEDED",
      "mixed 2 1 1 FAILED ECONNRESET",
      "refused 2 1 1 FAILED 550 5.1.1",
      "removed 1 1 1 FAILED SUPPRESSED",
      "removed 1 2 2 SUCCEEDED",
      "retried 1 1 1 FAILED ECONNRESET",
      "twice 1 1 1 FAILED ECONNRESET",
      "twice 2 1 1 SUCCEEDED",
      "waiting 2 1 1 SUCCEEDED",
    ]);
    const received = new Map(
      (await db.run(RECEIVED)).map(({ id, count }) => [toTypeId("delivery", id), count]),
    );
    assert.deepEqual(await findDeliveryFaults(db, received), []);
  },
);
