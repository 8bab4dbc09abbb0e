// The overview of an organization with 1,000,000 deliveries in the last day and 500,000 waiting jobs, as one
// event of `overviewUpdated` reads it.
import { statement } from "../../src/db/database.ts";
import { MAX_MINUTES, readRecentDeliveries } from "../../src/domain/deliveries/minutes.ts";
import { overviewFor } from "../../src/domain/overview/overview.ts";
import { readPendingTypes } from "../../src/domain/overview/pending.ts";
import { readQueue } from "../../src/domain/overview/queue.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { median, quantile, report } from "./report.ts";

const DELIVERIES = 1_000_000;
const JOBS = 500_000;
const ROUNDS = 50;

// Small messages of 5 types, and their counts by minute, those of the last 3 minutes by 20 backends.
const FILL_JOBS = statement<[organizationId: string, count: number]>(
  "bench.fillJobs",
  `insert into jobs (id, organization_id, kind, lane, topic, status, priority, max_attempts, size, run_at)
   select uuid_v7(), $1, 'SEND_BATCH', case when n % 10 = 0 then 'TRANSACTIONAL' else 'BULK' end,
     'type ' || n % 5, case when n % 8 = 0 then 'SCHEDULED' else 'QUEUED' end, n % 3, 10, 1 + n % 100,
     now() + case when n % 8 = 0 then n else -n end * interval '10 ms'
   from generate_series(1, $2) n`,
);
const FILL_ENDED = statement<[organizationId: string, count: number]>(
  "bench.fillEnded",
  `insert into jobs (id, organization_id, kind, lane, topic, status, max_attempts, finished_at)
   select uuid_v7(), $1, 'SEND_BATCH', 'BULK', 'type 1',
     case when n % 10 = 0 then 'FAILED' else 'COMPLETED' end, 10, now()
   from generate_series(1, $2) n`,
);
const FILL_DELIVERIES = statement<[organizationId: string, count: number]>(
  "bench.fillRecentDeliveries",
  `with d as (
     insert into deliveries (organization_id, message_id, n, batch_number, address, status, attempt,
       tries, error_type, sent_at, failed_at)
     select $1, $1, n, n / 100, 'person' || n || '@example.net',
       case when n % 20 = 0 then 'FAILED' else 'SENT' end, 1, 1,
       case when n % 20 = 0 then 'NETWORK' end, now(), case when n % 20 = 0 then now() end
     from generate_series(1, $2) n
   )
   insert into delivery_minutes (organization_id, minute, writer, attempt, outcome, error_type, count)
   select $1, date_trunc('minute', now()) - make_interval(mins => m), w, a, outcome, error_type, 30
   from generate_series(0, 1439) m, generate_series(1, 3) a,
     generate_series(0, case when m < 3 then 20 else 0 end) w,
     (values ('SENT', ''), ('FAILED', 'NETWORK'), ('FAILED', 'RATE_LIMIT'), ('RETRIED', 'NETWORK'),
       ('UNKNOWN', 'NETWORK'), ('SUPPRESSED', '')) as o(outcome, error_type)`,
  { deadlineMs: 5 * 60_000 },
);
const FILL_STATS = statement<[organizationId: string]>(
  "bench.fillJobStats",
  `insert into job_stats (organization_id, at, lane, kind, outcome, duration, user_id, n)
   select $1, date_trunc('minute', now()) - make_interval(mins => m), lane, 'SEND_BATCH', outcome, duration,
     'user ' || u, 20
   from generate_series(0, 1439) m, (values ('BULK'), ('TRANSACTIONAL'), ('AI')) l(lane),
     (values ('COMPLETED'), ('FAILED')) o(outcome), generate_series(20, 29) duration,
     generate_series(1, 10) u`,
  { deadlineMs: 5 * 60_000 },
);
const ANALYZE = statement<[]>(
  "bench.analyze",
  "vacuum analyze jobs, delivery_minutes, job_stats",
);

const { db, close } = await testDatabase();
const services = { db, bus: createBus() };
const { id, admin } = await createOrganization(db);
for (let n = 0; n < 10; n++) {
  await db.run(FILL_JOBS, id, JOBS / 10);
  await db.run(FILL_ENDED, id, JOBS / 10);
}
await db.run(FILL_STATS, id);
await db.run(FILL_DELIVERIES, id, DELIVERIES);
await db.run(ANALYZE);

async function time(what: string, work: () => Promise<unknown>): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round <= ROUNDS; round++) {
    const start = performance.now();
    await work();
    // The first call also prepares the statement.
    if (round > 0) times.push(performance.now() - start);
  }
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  report(what, `median ${ms(median(times))}, p99 ${ms(quantile(times, 0.99))}`);
}

await time("overview, all parts", async () => {
  const overview = overviewFor(services, admin);
  await Promise.all([overview.queue(), overview.deliveries(60), overview.pendingTypes()]);
});
await time("  queue by lane", () => readQueue(db, id));
await time("  deliveries of the last hour", () => readRecentDeliveries(db, id, 60));
await time("  deliveries of the last 3 hours", () => readRecentDeliveries(db, id, MAX_MINUTES));
await time("  pending deliveries by type", () => readPendingTypes(db, id));
await services.bus.close();
await close();
