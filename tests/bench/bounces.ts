// Bounces of a finished message, 200 per second, compared between messages of 4,000 and 1,000,000
// recipients: recorded directly, and posted to /webhooks/bounces/dsn.
import { createHmac } from "node:crypto";
import { LONG, statement } from "../../src/db/database.ts";
import { newId, toTypeId } from "../../src/domain/id.ts";
import { createEventRecorder } from "../../src/domain/messages/event_recorder.ts";
import { SECRET } from "../support/bounces.ts";
import { testDatabase } from "../support/database.ts";
import { dsn } from "../support/dsn.ts";
import { bounce, event } from "../support/feedback.ts";
import { withServer } from "../support/server.ts";
import { median, quantile, report } from "./report.ts";

const SIZES = { small: 4_000, large: 1_000_000 };
const PER_SECOND = 200;
const EVENTS = 1_000;
const ROUNDS = 3;

const FILL = statement<[organizationId: string, id: string, count: number]>(
  "bench.fillSent",
  `with m as (
     insert into messages (id, organization_id, title, channel, type, lane, status, subject,
       recipient_count, planned_count, sent_count, finished_at)
     values ($2, $1, 'bench', 'EMAIL', 'news', 'BULK', 'SENT', 's', $3, $3, $3, now())
   ),
   b as (
     insert into batches (organization_id, message_id, number, lo, hi, size, job_id, finished_at)
     select $1, $2, n, n * 100 - 99, n * 100, 100, uuid_v7(), now()
     from generate_series(1, $3 / 100) n returning id, number
   ),
   -- Many batches end in the minute after the one in which they began.
   s as (
     insert into delivery_stats (organization_id, message_id, batch_id, minute, attempt, outcome, n)
     select $1, $2, id, date_trunc('minute', now()) - make_interval(mins => m), 1, 'SENT', 50
     from b, generate_series(0, 1) m
   )
   insert into deliveries (organization_id, message_id, n, batch_number, address, status, attempt, tries,
     sent_at, last_attempt_at)
   select $1, $2, n, (n + 99) / 100, 'person' || n || '@example.net', 'SENT', 1, 1, now(), now()
   from generate_series(1, $3) n`,
  LONG,
);
const SPREAD = statement<[messageId: string, step: number, offset: number], { id: string }>(
  "bench.spread",
  `select id from deliveries where message_id = $1 and n % $2 = $3 order by md5(id::text)`,
);
const ANALYZE = statement<[]>("bench.analyze", "vacuum analyze");

type Send = (deliveryId: string) => Promise<unknown>;

/** Starts one event every 1/200 s, however long earlier ones take; returns their latencies in ms. */
async function measure(deliveryIds: readonly string[], send: Send): Promise<number[]> {
  const start = performance.now();
  return await Promise.all(deliveryIds.map(async (deliveryId, index) => {
    const due = start + index * 1_000 / PER_SECOND;
    await new Promise((resolve) => setTimeout(resolve, Math.max(due - performance.now(), 0)));
    await send(deliveryId);
    return performance.now() - due;
  }));
}

async function postDsn(url: string, deliveryId: string): Promise<void> {
  const body = dsn({ deliveryId: toTypeId("delivery", deliveryId) });
  const at = Math.floor(Date.now() / 1_000);
  const v1 = createHmac("sha256", SECRET).update(`${at}.${body}`).digest("hex");
  const response = await fetch(new URL("/webhooks/bounces/dsn", url), {
    method: "POST",
    headers: { "x-waybill-signature": `t=${at},v1=${v1}` },
    body,
  });
  if (!response.ok) throw new Error(`status ${response.status}: ${await response.text()}`);
  await response.body?.cancel();
}

const { db, close } = await testDatabase();
await withServer(db, async ({ url, services, organization }) => {
  const ids = { small: newId(), large: newId() };
  for (const size of ["small", "large"] as const) {
    await db.run(FILL, organization.id, ids[size], SIZES[size]);
  }
  await db.run(ANALYZE);
  const record = createEventRecorder(services);
  const sends: Record<string, Send> = {
    recorded: (id) => record(event(bounce(id, true))),
    posted: (id) => postDsn(url, id),
  };
  let part = 0;
  for (const [what, send] of Object.entries(sends)) {
    const times = { small: [] as number[], large: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      for (const size of ["small", "large"] as const) {
        const rows = await db.run(SPREAD, ids[size], SIZES[size] * 6 / 4_000, part);
        const few = rows.slice(0, EVENTS).map(({ id }) => id);
        times[size].push(...await measure(few, send));
      }
      part++;
    }
    for (const size of ["small", "large"] as const) {
      const [p50, p99] = [median(times[size]), quantile(times[size], 0.99)];
      report(
        `bounces ${what}, 200/s, message of ${SIZES[size].toLocaleString("en")}`,
        `p50 ${p50.toFixed(1)} ms, p99 ${p99.toFixed(1)} ms`,
      );
    }
    report("  large / small, p50", (median(times.large) / median(times.small)).toFixed(2));
  }
}, { webhooks: { secret: SECRET, mailgunSigningKey: null, snsTopicArns: [] } });
await close();
