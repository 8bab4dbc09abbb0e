import assert from "node:assert/strict";
import { type Connection, type Database, statement } from "../../src/db/database.ts";
import { newId, toTypeId } from "../../src/domain/id.ts";
import { settleJobs } from "../../src/domain/jobs/settle.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres } from "../support/database.ts";
import { findDeliveryFaults } from "../support/delivery_ledger.ts";
import { addJob, addJobs, addWorker, claimWork, endOf } from "../support/jobs.ts";
import { findJobFaults } from "../support/ledger.ts";
import { onPostgresQueue } from "../support/queue.ts";

// Proves that the invariant checks of the other tests can fail: each damage breaks one invariant.

type Damage = [damage: string, fault: RegExp];

/** Asserts that each damage, done in a transaction of its own that is rolled back, is found. */
async function assertFound(
  db: Database,
  damages: readonly Damage[],
  find: (db: Connection) => Promise<string[]>,
): Promise<void> {
  for (const [index, [damage, fault]] of damages.entries()) {
    const faults = await faultsAfter(db, `test.damage${index}`, damage, find);
    assert.ok(faults.some((text) => fault.test(text)), `${damage}:\n${faults.join("\n")}`);
  }
}

async function faultsAfter(
  db: Database,
  label: string,
  damage: string,
  find: (db: Connection) => Promise<string[]>,
): Promise<string[]> {
  let faults: string[] = [];
  const undo = new Error("undo");
  await assert.rejects(
    db.transaction(async (tx) => {
      for (const [index, part] of damage.split(";").entries()) {
        await tx.run(statement<[]>(`${label}.${find.name}.${index}`, part));
      }
      faults = await find(tx);
      throw undo;
    }),
    undo,
  );
  return faults;
}

const JOB_DAMAGES: Damage[] = [
  [
    "update jobs set status = 'PROCESSING', worker_id = id, fence = 1 where status = 'QUEUED'",
    /fence 1 was given to \d claims/,
  ],
  ["update jobs set fence = fence + 1000 where fence is not null", /was replaced by/],
  ["delete from ledger where new_fence is null", /has ended 0 times and does not run/],
  ["delete from job_attempts", /no attempt on record/],
  ["update job_attempts set number = 2", /on record as number 2/],
  ["update job_attempts set fence = fence + 1000", /which never ended/],
  ["update jobs set progress = '{}' where status = 'QUEUED'", /progress was written/],
  [
    "update jobs set status = 'QUEUED', fence = null, crashes = 1 where fence is not null",
    /rescued from a living worker/,
  ],
  ["update jobs set status = 'FAILED' where status = 'COMPLETED'", /from COMPLETED to FAILED/],
  ["update jobs set attempt = 2 where status = 'COMPLETED'", /with attempt 2 of 3 and 1 made/],
  [
    "drop index jobs_unique; update jobs set unique_key = 'a' where finished_at is null",
    /key a names 3 unfinished jobs/,
  ],
  ["delete from workers; update jobs set started_at = now() - interval '1 minute'", /is dead/],
  ["update jobs set run_at = now() + interval '1 hour'", /is queued, and due at/],
  ["update jobs set crashes = 10", /after 10 crashes/],
];

onPostgresQueue(
  "findJobFaults() finds each violated invariant",
  async ({ db, services, organization }) => {
    await addJobs(db, organization.id, 2);
    const [job] = await claimWork(services, await addWorker(services), organization.id, 1);
    assert.ok(job);
    await settleJobs(db, [endOf(job)]);
    await claimWork(services, await addWorker(services), organization.id);
    await addJobs(db, organization.id, 2);
    assert.deepEqual(await findJobFaults(db), []);
    await assertFound(db, JOB_DAMAGES, findJobFaults);
  },
);

// One batch of recipients 1 to 4: SENT, FAILED, UNKNOWN and in flight. The message is SENDING.
const MESSAGE = statement<[organizationId: string, id: string]>(
  "test.message",
  `insert into messages (id, organization_id, title, channel, type, lane, status, subject,
     recipient_count, planned_count)
   values ($2, $1, 'Test', 'EMAIL', 'test', 'BULK', 'SENDING', 'Test', 4, 4)`,
);
const BATCH = statement<[organizationId: string, messageId: string, jobId: string]>(
  "test.batch",
  `insert into batches (organization_id, message_id, number, lo, hi, size, job_id, win)
   values ($1, $2, 1, 1, 4, 4, $3, '{4}')`,
);
const DELIVERIES = statement<[organizationId: string, messageId: string]>(
  "test.deliveries",
  `with d as (
     insert into deliveries (organization_id, message_id, n, batch_number, address, status, tries,
       attempt)
     select $1, $2, n, 1, n || '@example.com', status, (n < 4)::int, (n < 4)::int
     from unnest(array['SENT', 'FAILED', 'UNKNOWN', 'PENDING']) with ordinality s(status, n)
     returning *
   ), s as (
     insert into delivery_stats (organization_id, message_id, batch_id, minute, attempt, outcome, n)
     select $1, $2, id, date_trunc('minute', now()), 1, outcome, 1
     from batches, unnest(array['SENT', 'FAILED', 'UNKNOWN']) outcome where message_id = $2
   ), m as (
     insert into delivery_minutes (organization_id, minute, writer, attempt, outcome, error_type, count)
     select $1, date_trunc('minute', now()), 1, 1, outcome, '', 1
     from unnest(array['SENT', 'FAILED', 'UNKNOWN']) outcome
   )
   insert into delivery_attempts (organization_id, delivery_id, tries, attempt, started_at,
     finished_at, outcome)
   select $1, id, 1, 1, now(), now(), case status when 'SENT' then 'SUCCEEDED' else status end
   from d where n < 4`,
);
const IDS = statement<[], { id: string }>("test.ids", "select id from deliveries order by n");

const DELIVERY_DAMAGES: Damage[] = [
  ["update batches set hi = 3, size = 3", /recipient 4 is in 0 batches/],
  ["update batches set hi = 5, size = 5", /goes up to 5 of 4/],
  ["update batches set size = 7", /says 7/],
  [
    "update deliveries set batch_number = 2 where n = 4",
    /recipient 4 waits in batch 2, which is missing/,
  ],
  [
    "update deliveries set batch_number = 2 where n = 4",
    /recipient 4 of batch 2 is in flight in batch 1/,
  ],
  [
    "update batches set lo = null, hi = null, picked = '{1, 2, 3, 5}'",
    /recipient 4 waits in batch 1, which does not hold it/,
  ],
  [
    `insert into delivery_stats (organization_id, message_id, batch_id, minute, attempt, outcome, n)
    select organization_id, message_id, batch_id, minute, attempt, 'RETRIED', 2 from delivery_stats
    where outcome = 'FAILED'`,
    /attempt 1 has fewer .* failures than were retried/,
  ],
  ["update delivery_stats set n = 2 where outcome = 'SENT'", /SENT is counted 2 times, and 1/],
  [
    "update delivery_minutes set count = 2 where outcome = 'SENT'",
    /SENT is counted 1 times by batch, and 2 times by minute/,
  ],
  [
    "update deliveries set status = 'SENT' where status = 'UNKNOWN'",
    /1 deliveries are SENT after an UNKNOWN try/,
  ],
  ["delete from delivery_attempts where outcome = 'SUCCEEDED'", /on record are 0, the newest none/],
  [
    `update deliveries set status = 'SUPPRESSED', suppression_reason = 'MANUAL', error_code = 'X'
    where n = 2`,
    /is SUPPRESSED with the error X/,
  ],
  ["update deliveries set failed_at = now() where n = 1", /is SENT, and failed at/],
  ["update deliveries set attempt = 2 where n = 1", /2 attempts in 1 tries/],
  ["update jobs set status = 'FAILED', finished_at = now()", /1 in flight, and its job is FAILED/],
  [
    "update jobs set status = 'SCHEDULED', run_at = 'infinity'",
    /parked, and message .* SENDING/,
  ],
  ["update batches set win = null, finished_at = now()", /is SENDING, and no batch is left/],
  ["update messages set status = 'SENT', finished_at = now()", /is SENT, and delivery .* waits/],
];

onPostgres("findDeliveryFaults() finds each violated invariant", async ({ db }) => {
  const { id: organizationId } = await createOrganization(db);
  const messageId = newId();
  await db.run(MESSAGE, organizationId, messageId);
  await db.run(BATCH, organizationId, messageId, await addJob(db, organizationId));
  await db.run(DELIVERIES, organizationId, messageId);
  const ids = (await db.run(IDS)).map(({ id }) => toTypeId("delivery", id));
  const arrived = (...counts: number[]) => new Map(ids.map((id, n) => [id, counts[n] ?? 0]));
  const find = (db: Connection) => findDeliveryFaults(db, arrived(1, 0, 1, 1));
  assert.deepEqual(await find(db), []);
  assert.deepEqual(await findDeliveryFaults(db, arrived(1, 0, 0, 0)), []);
  await assertFound(db, DELIVERY_DAMAGES, find);
  for (
    const [received, fault] of [
      [arrived(0, 0, 0, 0), /1@example.com is SENT .* got 0 mails/],
      [arrived(2, 0, 0, 0), /1@example.com is SENT .* got 2 mails/],
      [arrived(1, 1, 0, 0), /2@example.com is FAILED .* got 1 mails/],
      [arrived(1, 0, 2, 0), /3@example.com is UNKNOWN .* got 2 mails/],
      [arrived(1, 0, 0, 2), /4@example.com is PENDING .* got 2 mails/],
      [arrived(1, 0, 0, 0).set("dlv_stranger", 1), /dlv_stranger is unknown/],
    ] as const
  ) {
    const faults = await findDeliveryFaults(db, received);
    assert.equal(faults.length, 1);
    assert.match(faults[0] ?? "", fault);
  }
});
