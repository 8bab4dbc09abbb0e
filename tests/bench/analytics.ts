// Lists and analytics of failures: 1,000,000 deliveries with 50,000 failures, in an organization with
// 5,000,000 attempts in a month.
import { LONG, statement } from "../../src/db/database.ts";
import {
  listMessageAttempts,
  readAttemptGroups,
  readSeries,
} from "../../src/domain/deliveries/analytics.ts";
import {
  type DeliveryFilter,
  type DeliveryOrder,
  listDeliveries,
} from "../../src/domain/deliveries/list.ts";
import { readErrorTypes, readStats } from "../../src/domain/deliveries/stats.ts";
import { newId } from "../../src/domain/id.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { median, quantile, report } from "./report.ts";

const DELIVERIES = 1_000_000;
const MESSAGES = 41;
const OTHER_DELIVERIES = 100_000;
const ROUNDS = 50;

const FILL_MESSAGE = statement<[organizationId: string, id: string, count: number, age: number]>(
  "bench.fillMessage",
  `with m as (
     insert into messages (id, organization_id, title, channel, type, lane, status, subject,
       recipient_count, planned_count, finished_at)
     values ($2, $1, 'bench', 'EMAIL', 'type ' || $4 % 5, 'BULK', 'PARTIALLY_SENT', 's', $3, $3, now())
   ),
   b as (
     insert into batches (organization_id, message_id, number, lo, hi, size, job_id, finished_at)
     select $1, $2, n, n * 100 - 99, n * 100, 100, uuid_v7(), now()
     from generate_series(1, $3 / 100) n returning id, number
   )
   insert into delivery_stats (organization_id, message_id, batch_id, minute, attempt, outcome,
     error_type, n)
   select $1, $2, id, date_trunc('minute', now()) - make_interval(days => $4, mins => number % 900),
     1, outcome, error_type, n
   from b, (values ('SENT', '', 95), ('FAILED', 'NETWORK', 2), ('FAILED', 'RATE_LIMIT', 1),
     ('FAILED', 'INVALID_RECIPIENT', 2)) as o(outcome, error_type, n)`,
  LONG,
);
const FILL_DELIVERIES = statement<[organizationId: string, id: string, count: number]>(
  "bench.fillDeliveries",
  `insert into deliveries (organization_id, message_id, n, batch_number, address, name, status,
     attempt, tries, error_type, error_code, error_message, retryable, sent_at, failed_at,
     last_attempt_at)
   select $1, $2, n, (n + 99) / 100, 'person' || n || '@example.net', 'Person ' || n,
     case when failed then 'FAILED' else 'SENT' end, 1, 1,
     case when failed then (array['NETWORK', 'RATE_LIMIT', 'INVALID_RECIPIENT'])[n / 20 % 3 + 1] end,
     case when failed then 'X' end, case when failed then 'Y' end, failed,
     case when not failed then now() end, case when failed then now() - n * interval '1 ms' end, now()
   from generate_series(1, $3) n, lateral (select n % 20 = 0 as failed) f`,
  LONG,
);
const ANALYZE = statement<[]>("bench.analyze", "analyze");

const { db, close } = await testDatabase();
const services = { db, bus: createBus() };
const { id: organizationId, admin } = await createOrganization(db);
const ids = Array.from({ length: MESSAGES }, () => newId());
const [messageId = ""] = ids;
for (const [index, id] of ids.entries()) {
  const count = index === 0 ? DELIVERIES : OTHER_DELIVERIES;
  await db.run(FILL_MESSAGE, organizationId, id, count, index % 30);
}
await db.run(FILL_DELIVERIES, organizationId, messageId, DELIVERIES);
await db.run(ANALYZE);

async function time(what: string, work: () => Promise<unknown>, rounds = ROUNDS): Promise<void> {
  const times: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const start = performance.now();
    await work();
    // The first call also prepares the statement.
    if (round > 0) times.push(performance.now() - start);
  }
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  report(what, `median ${ms(median(times))}, p99 ${ms(quantile(times, 0.99))}`);
}

const FAILED: DeliveryFilter = { statuses: ["FAILED"] };
const lists: [what: string, filter: DeliveryFilter, order?: DeliveryOrder][] = [
  ["of a message", { ...FAILED, messageId }],
  ["across messages", FAILED],
  ["of a message, by error type", { ...FAILED, messageId, errorTypes: ["RATE_LIMIT"] }],
  ["of a message, retryable", { ...FAILED, messageId, retryable: true }],
  ["of a message, by text", { ...FAILED, messageId, search: "person9999" }],
  ["of a message, by a text that few have", { ...FAILED, messageId, search: "person999980@" }],
  ["of a message, newest failure first", { ...FAILED, messageId }, "FAILED_DESC"],
  ["across messages, newest failure first", FAILED, "FAILED_DESC"],
  ["across messages, newest attempt first", FAILED, "LAST_ATTEMPT_DESC"],
  ["across messages, by type", { ...FAILED, types: ["type 0"] }],
];
for (const [what, filter, order = "CREATED_ASC"] of lists) {
  await time(
    `a page of failed deliveries, ${what}`,
    () => listDeliveries(services, admin, filter, order, { first: 50 }),
  );
}
await time(
  "the last page of failed deliveries of a message",
  () => listDeliveries(services, admin, { ...FAILED, messageId }, "CREATED_ASC", { last: 50 }),
);
await time("errorTypeCounts", () => readErrorTypes(db, [messageId]));
await time("stats", () => readStats(db, [messageId]));

const to = new Date(Date.now() + 60_000);
const month = { from: new Date(to.getTime() - 31 * 24 * 60 * 60_000), to };
const day = { from: new Date(to.getTime() - 24 * 60 * 60_000), to };
const few = 10;
await time(
  "deliveryAnalytics of 5 million attempts, sums",
  () => readAttemptGroups(services, admin, month),
  few,
);
await time(
  "  series by day in Europe/Berlin",
  () => readSeries(services, admin, month, "DAY", "Europe/Berlin"),
  few,
);
await time("  series by hour", () => readSeries(services, admin, month, "HOUR", "UTC"), few);
await time(
  "  series of the last day by minute",
  () => readSeries(services, admin, day, "MINUTE", "UTC"),
  few,
);
await time("  messages", () => listMessageAttempts(services, admin, month, { first: 20 }), few);
await services.bus.close();
await close();
