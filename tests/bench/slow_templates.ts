// A bulk, one-recipient messages, previews of slow templates and a message whose template loops, all in one `serve`
// process with default settings: latency of the small messages, delay of the event loop, and what was lost.
// PostgreSQL only. Options for a short run: --bulk, --lone.
import { parseArgs } from "node:util";
import { statement } from "../../src/db/database.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { people } from "../support/messages.ts";
import { quantile, report } from "./report.ts";
import {
  type Bench,
  inputOf,
  now,
  sendLone,
  startBulk,
  type Target,
  untilAccepted,
  withProgram,
} from "./small_messages.ts";
import { startSink } from "./smtp_send.ts";

const { values } = parseArgs({
  options: {
    bulk: { type: "string", default: "100000" },
    lone: { type: "string", default: "600" },
  },
});
const BULK = Number(values.bulk);
const LONE = Number(values.lone);
const PREVIEW_CLIENTS = 4;
const LOOPING_RECIPIENTS = 400;
const LOOP = "{% for a in (1..9000) %}{% for b in (1..9000) %}{{ a }}{% endfor %}{% endfor %}";
const SLOW_TEMPLATES = [
  "{{ a }}".repeat(60_000),
  "{% if a %}".repeat(30_000),
  `{% assign s = "x" %}${"{% assign s = s | append: s %}".repeat(10_000)}`,
  "{% for a in (1..9) %}{{ a | append: a }}{% endfor %}".repeat(7_600),
  LOOP,
];

const PREVIEW = `query ($text: String!) {
  contentPreview(input: { content: { subject: "S", text: $text }, variables: { a: "1" } }) {
    __typename
  }
}`;

// A refused template is a result like any other: only the time counts.
async function preview({ address, key }: Target, text: string): Promise<number> {
  const start = now();
  const response = await fetch(`${address}/graphql`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: JSON.stringify({ query: PREVIEW, variables: { text } }),
  });
  await response.json();
  return now() - start;
}

/** Lets the clients request previews until `end` resolves; returns their durations in ms. */
async function previewUntil(target: Target, end: Promise<unknown>): Promise<number[]> {
  let ended = false;
  end.finally(() => ended = true);
  const durations: number[] = [];
  await Promise.all(Array.from({ length: PREVIEW_CLIENTS }, async (_, client) => {
    for (let n = client; !ended; n++) {
      durations.push(await preview(target, SLOW_TEMPLATES[n % SLOW_TEMPLATES.length] ?? ""));
    }
  }));
  return durations;
}

const LOST = statement<[], { unknown: number; crashed: number }>(
  "bench.lost",
  `select (select count(*) from deliveries where status = 'UNKNOWN') as unknown,
     (select count(*) from job_attempts where outcome = 'CRASHED') as crashed`,
);

const LOOPED = statement<[id: string], { status: string; error: string | null; count: number }>(
  "bench.looped",
  `select status, min(error_message) as error, count(*) from deliveries where message_id = $1
   group by status order by count(*) desc`,
);

/** Upper bound of a quantile of the delay of the event loop, and the longest delay, in seconds. */
async function readDelay(
  { address, key }: Target,
  q: number,
): Promise<[quantile: string, max: number]> {
  const headers = { authorization: `Bearer ${key}` };
  const metrics = await (await fetch(`${address}/metrics`, { headers })).text();
  const name = "waybill_event_loop_delay";
  const buckets = metrics.matchAll(new RegExp(`${name}_seconds_bucket{le="(.*)"} (\\d+)`, "g"))
    .map(([, le = "", count]) => ({ le, count: Number(count) })).toArray();
  const total = buckets.at(-1)?.count ?? NaN;
  const max = new RegExp(`^${name}_max_seconds (\\S+)`, "m").exec(metrics)?.[1];
  return [buckets.find(({ count }) => count >= q * total)?.le ?? "", Number(max)];
}

async function measure({ services, caller, target }: Bench): Promise<void> {
  await untilAccepted(sink.port, 1_000);
  const { message } = await sendMessage(services, caller, {
    ...inputOf("BULK", 0),
    // A type of its own, because the messages of one type are sent one after the other.
    type: "looping",
    content: { subject: "Loop", text: LOOP },
    to: { list: people(LOOPING_RECIPIENTS) },
  });
  const lone = sendLone(target, sink.port, LONE);
  const [latencies, previews] = await Promise.all([lone, previewUntil(target, lone)]);
  const [delay, longest] = await readDelay(target, 0.999);
  const ms = (value: number) => `${value.toFixed(1)} ms`;
  report(
    "one recipient to SMTP acceptance, p50 / p99 / max",
    [quantile(latencies, 0.5), quantile(latencies, 0.99), Math.max(...latencies)].map(ms)
      .join(" / "),
  );
  report(`previews of ${PREVIEW_CLIENTS} clients`, `${previews.length}`);
  report("  duration, p50 / max", `${ms(quantile(previews, 0.5))} / ${ms(Math.max(...previews))}`);
  report("event-loop delay, p99.9 / max", `<= ${delay} s / ${longest.toFixed(3)} s`);
  for (const { status, error, count } of await services.db.run(LOOPED, message.id)) {
    report(`looping template: ${count} of ${LOOPING_RECIPIENTS}`, `${status} ${error ?? ""}`);
  }
  const [lost] = await services.db.run(LOST);
  report("UNKNOWN deliveries / jobs of lost leases", `${lost?.unknown} / ${lost?.crashed}`);
}

const sink = await startSink();
await withProgram(
  sink.port,
  (services, caller) => startBulk(services, caller, BULK),
  measure,
);
await sink.stop();
