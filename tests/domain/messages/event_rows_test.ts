import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { complained } from "../../../src/domain/deliveries/feedback.ts";
import { newId } from "../../../src/domain/id.ts";
import { recordEvent } from "../../../src/domain/messages/provider_event.ts";
import type { Services } from "../../../src/domain/services.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onPostgres } from "../../support/database.ts";
import { bounce, event } from "../../support/feedback.ts";
import { readStatus } from "../../support/messages.ts";
import { countingRows } from "../../support/row_count.ts";

const BATCHES = 2_000;
// Above the rows of one delivery, far below the counters and failures of the message.
const MAX_ROWS = 50;

// Deliveries of two recipients per batch: one was sent, and one has used all of its attempts.
const FILL = statement<[organizationId: string, id: string, batches: number]>(
  "test.fillFinished",
  `with m as (
     insert into messages (id, organization_id, title, channel, type, lane, status, subject, retry_mode,
       recipient_count, planned_count, sent_count, finished_at)
     values ($2, $1, 'Large', 'EMAIL', 'news', 'BULK', 'PARTIALLY_SENT', 'News', 'AUTO',
       $3 * 2, $3 * 2, $3, now())
   ),
   b as (
     insert into batches (organization_id, message_id, number, lo, hi, size, job_id, finished_at)
     select $1, $2, n, n * 2 - 1, n * 2, 2, uuid_v7(), now() from generate_series(1, $3) n
     returning id
   ),
   s as (
     insert into delivery_stats (organization_id, message_id, batch_id, minute, attempt, outcome,
       error_type, retryable, n)
     select $1, $2, id, date_trunc('minute', now()), attempt, outcome, error_type, attempt = 3, 1
     from b, (values (1, 'SENT', ''), (3, 'FAILED', 'OTHER')) o(attempt, outcome, error_type)
   )
   insert into deliveries (organization_id, message_id, n, batch_number, address, status, attempt, tries,
     retryable, error_type, failed_at, sent_at, last_attempt_at)
   select $1, $2, n, (n + 1) / 2, 'person' || n || '@example.net',
     case n % 2 when 0 then 'SENT' else 'FAILED' end, a, a, n % 2 = 1,
     case n % 2 when 1 then 'OTHER' end,
     case n % 2 when 1 then now() end, case n % 2 when 0 then now() end, now()
   from generate_series(1, $3 * 2) n, lateral (select case n % 2 when 0 then 1 else 3 end as a) t`,
);
const SENT_IDS = statement<[messageId: string], { id: string }>(
  "test.sentIds",
  "select id from deliveries where message_id = $1 and status = 'SENT' order by n limit 5",
);

async function recordKinds(services: Services, id: string) {
  const [one = "", two = "", three = ""] = (await services.db.run(SENT_IDS, id)).map(({ id }) =>
    id
  );
  await recordEvent(services, event(bounce(one, true)));
  await recordEvent(services, event(complained(two, null)));
  await recordEvent(services, event(bounce(three, false)));
}

onPostgres("An event reads a few rows of a message of any size", async ({ db }) => {
  const { id: organizationId } = await createOrganization(db);
  const bus = createBus();
  const maxRows = new Map<string, number>();
  const services = { db: countingRows(db, maxRows), bus };
  const record = async (batches: number) => {
    const id = newId();
    await db.run(FILL, organizationId, id, batches);
    maxRows.clear();
    await recordKinds(services, id);
    assert.equal(await readStatus(db, id), "SENDING");
  };
  // Statements are prepared while the tables are small, as in a new installation, and reused later.
  for (let n = 1; n <= 6; n++) await record(3);
  await record(BATCHES);
  assert.ok(Math.max(...maxRows.values()) > 0, "no rows were counted");
  assert.deepEqual([...maxRows].filter(([, rows]) => rows > MAX_ROWS), []);
  await bus.close();
});
