// Retry of 50,000 failures of a message to 1,000,000 recipients in one call.
import { LONG, statement } from "../../src/db/database.ts";
import { retryDeliveries } from "../../src/domain/messages/retry.ts";
import { newId } from "../../src/domain/id.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { report } from "./report.ts";

const RECIPIENTS = 1_000_000;
const ROUNDS = 4;

const MESSAGE = statement<[organizationId: string, id: string, count: number]>(
  "bench.message",
  `insert into messages (id, organization_id, title, channel, type, lane, status, subject,
     recipient_count, planned_count, max_attempts, finished_at)
   values ($2, $1, 'Bench', 'EMAIL', 'bench', 'BULK', 'PARTIALLY_SENT', 'Bench', $3, $3, 10, now())`,
);
const BATCHES = statement<[organizationId: string, messageId: string, count: number]>(
  "bench.batches",
  `insert into batches (organization_id, message_id, number, lo, hi, size, job_id, finished_at)
   select $1, $2, b, b * 100 - 99, b * 100, 100, uuid_v7(), now() from generate_series(1, $3 / 100) b`,
  LONG,
);
// Every 20th delivery has failed.
const DELIVERIES = statement<[organizationId: string, messageId: string, count: number]>(
  "bench.deliveries",
  `insert into deliveries (organization_id, message_id, n, batch_number, address, status, attempt,
     tries, error_type, retryable)
   select $1, $2, n, (n + 99) / 100, 'person' || n || '@example.net',
     case when n % 20 = 0 then 'FAILED' else 'SENT' end, 1, 1,
     case when n % 20 = 0 then 'ACCESS_TOKEN' end, n % 20 = 0
   from generate_series(1, $3) n`,
  LONG,
);
const STATS = statement<[messageId: string]>(
  "bench.stats",
  `insert into delivery_stats (organization_id, message_id, batch_id, minute, attempt, outcome,
     error_type, retryable, n)
   select organization_id, message_id, id, date_trunc('minute', now()), 1, outcome, type, type <> '', n
   from batches, (values ('SENT', '', 95), ('FAILED', 'ACCESS_TOKEN', 5)) s(outcome, type, n)
   where message_id = $1`,
  LONG,
);
// Each retried delivery fails again.
const FAIL_AGAIN = statement<[messageId: string]>(
  "bench.failAgain",
  `with d as (
     update deliveries set status = 'FAILED', attempt = attempt + 1, tries = tries + 1,
       retryable = true, not_before = null
     where message_id = $1 and status = 'PENDING' returning 1
   ), b as (update batches set finished_at = now() where message_id = $1 and finished_at is null)
   update messages set status = 'PARTIALLY_SENT', finished_at = now() where id = $1`,
  LONG,
);
const ANALYZE = statement<[]>("bench.analyze", "analyze");

const { db, close } = await testDatabase();
const services = { db, bus: createBus() };
const { admin } = await createOrganization(db);
const messageId = newId();
await db.run(MESSAGE, admin.organizationId, messageId, RECIPIENTS);
await db.run(BATCHES, admin.organizationId, messageId, RECIPIENTS);
await db.run(DELIVERIES, admin.organizationId, messageId, RECIPIENTS);
await db.run(STATS, messageId);
await db.run(ANALYZE);
const filters = {
  "of one message": { messageId },
  "of all messages": { errorTypes: ["ACCESS_TOKEN"] },
} as const;
for (const [what, filter] of Object.entries(filters)) {
  const times: number[] = [];
  let queued = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    queued = (await retryDeliveries(services, admin, { filter, force: false })).queuedCount;
    times.push(performance.now() - start);
    await db.run(FAIL_AGAIN, messageId);
  }
  const text = times.map((time) => Math.round(time)).join(", ");
  report(`retry of ${queued} failures among ${RECIPIENTS}, ${what}`, `${text} ms`);
}
await services.bus.close();
await close();
