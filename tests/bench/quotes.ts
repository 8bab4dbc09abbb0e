// Quotes: the latency of `createQuote` at 100/s over HTTP, and of the first page of each list of 100,000 quotes.
// PostgreSQL only. Options for a short run: --seconds, --quotes.
import { parseArgs } from "node:util";
import { LONG, statement } from "../../src/db/database.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import { listQuotes, type QuoteFilter } from "../../src/domain/quotes/list.ts";
import { search } from "../../src/domain/search/search.ts";
import type { Services } from "../../src/domain/services.ts";
import { request } from "../support/program.ts";
import { report, timeOf } from "./report.ts";
import { atRate, type Bench, reportLatencies, type Target, withProgram } from "./small_messages.ts";
import { startSink } from "./smtp_send.ts";

const { values } = parseArgs({
  options: {
    seconds: { type: "string", default: "10" },
    quotes: { type: "string", default: "100000" },
  },
});
const SECONDS = Number(values.seconds);
const QUOTES = Number(values.quotes);
const PER_SECOND = 100;
const RATE = { perSecond: PER_SECOND, seconds: SECONDS };

const NOTHING = "{ __typename }";
const CREATE = `mutation ($input: CreateQuoteInput!) {
  createQuote(input: $input) { __typename ... on Error { reason } }
}`;

// Of 1,000 quotes: 20 PENDING, 10 AI_ERROR, 970 AI_QUOTED, of which 5 have a mail that failed.
const FILL = statement<[organizationId: string, count: number]>(
  "bench.fillQuotes",
  `with q as materialized (
     select n, uuid_v7() as id, uuid_v7() as message_id, uuid_v7() as delivery_id,
       case when n % 1000 < 20 then 'PENDING' when n % 1000 < 30 then 'AI_ERROR' else 'AI_QUOTED' end
         as status, n % 1000 between 30 and 34 as failed
     from generate_series(1, $2) n
   ),
   m as (
     insert into messages (id, organization_id, title, channel, type, lane, status, subject, text_body,
       recipient_count, planned_count, finished_at)
     select message_id, $1, 'Quote', 'EMAIL', 'quote_customer', 'TRANSACTIONAL',
       case when failed then 'FAILED' else 'SENT' end, 's', 't', 1, 1, now()
     from q where status = 'AI_QUOTED'
   ),
   d as (
     insert into deliveries (id, organization_id, message_id, n, batch_number, address, status, attempt,
       tries, error_type, failed_at, last_attempt_at)
     select delivery_id, $1, message_id, 1, 1, 'person' || n || '@example.net',
       case when failed then 'FAILED' else 'SENT' end, 1, 1,
       case when failed then 'NETWORK' end, case when failed then now() end, now()
     from q where status = 'AI_QUOTED'
   )
   insert into quotes (id, organization_id, contact_id, customer_name, customer_email, request, status,
     error_type, customer_delivery_id)
   select id, $1, uuid_v7(), 'Person ' || n, 'person' || n || '@example.net',
     repeat('A fence of larch along the garden, number ' || n || '. ', 8), status,
     case when status = 'AI_ERROR' then 'INVALID_ANSWER' end,
     case when status = 'AI_QUOTED' then delivery_id end
   from q order by id`,
  LONG,
);

const LOCK = statement<[organizationId: string]>(
  "bench.lockQuotes",
  `update quotes set status = 'AI_PROCESSING', error_type = null, lock_token = 1,
     locked_at = now() - interval '1 hour'
   where id = any(array(select id from quotes where organization_id = $1 and status = 'PENDING'
     order by id limit 3))`,
);

const VACUUM = statement<[]>("bench.vacuumQuotes", "vacuum analyze quotes");
const ANALYZE = statement<[]>("bench.analyze", "analyze");

const FILTERS: Readonly<Record<string, QuoteFilter>> = {
  "all": {},
  "one state": { statuses: ["AI_ERROR"] },
  "all but one state": { statuses: ["PENDING", "AI_PROCESSING", "AI_QUOTED"] },
  "search, one match": { search: `person${QUOTES / 2}@example.net` },
  "search, no match": { search: "no such text" },
  "search, many matches": { search: "larch" },
  "failed mail to the customer": { emailFailed: "CUSTOMER" },
  "failed mail to the admin": { emailFailed: "ADMIN" },
  "any failed mail": { emailFailed: "ANY" },
  "stale lock": { lockStale: true },
  "no stale lock": { lockStale: false },
};

async function fill({ db }: Services, { organizationId }: Caller): Promise<void> {
  await db.run(FILL, organizationId, QUOTES);
  await db.run(LOCK, organizationId);
  await db.run(VACUUM);
  await db.run(ANALYZE);
}

async function create(target: Target, n: number): Promise<void> {
  const input = {
    customer: { name: `Customer ${n}`, email: `customer${n}@example.net` },
    request: "A fence of 20 m with a gate",
    idempotencyKey: crypto.randomUUID(),
  };
  const result = await request<{ createQuote: { __typename: string } }>(target, CREATE, { input });
  if (result.createQuote.__typename !== "CreateQuotePayload") throw new Error("Cannot create");
}

async function measure({ services, caller, target }: Bench): Promise<void> {
  for (const [name, filter] of Object.entries(FILTERS)) {
    const page = () => listQuotes(services, caller, filter, {});
    report(`quotes: ${name}`, await timeOf(page));
    report("  with the total count", await timeOf(async () => (await page()).totalCount()));
  }
  report("search in all objects", await timeOf(() => search(services, caller, "Person 77", 20)));
  await atRate(RATE, (n) => create(target, n));
  reportLatencies("a query that reads nothing", await atRate(RATE, () => request(target, NOTHING)));
  reportLatencies(`createQuote at ${PER_SECOND}/s`, await atRate(RATE, (n) => create(target, n)));
}

const sink = await startSink();
await withProgram(sink.port, fill, measure);
await sink.stop();
