// Suggestions as they are written: the time from the first token that the model sends to the subscriber, and 200 people
// who watch 200 threads beside one person who watches one. The stand-in sends 40 words in 1 s. PostgreSQL only, Linux
// only. Options for a short run: --alone, --people; --slots is the number of suggestions written at once.
import { parseArgs } from "node:util";
import { createClient } from "graphql-ws";
import { toTypeId } from "../../src/domain/id.ts";
import { newEmail, parsedMail, placeMails } from "../support/emails.ts";
import { replyAnswer } from "../support/inbox.ts";
import { type ReceivedAsk, startModelServer } from "../support/model_server.ts";
import { request } from "../support/program.ts";
import { cpuSeconds } from "./cpu.ts";
import { median, quantile, report } from "./report.ts";
import { type Bench, pause, type Target, withProgram } from "./small_messages.ts";
import { startSink } from "./smtp_send.ts";

const { values } = parseArgs({
  options: {
    alone: { type: "string", default: "100" },
    people: { type: "string", default: "200" },
    slots: { type: "string", default: "5" },
  },
});
const ALONE = Number(values.alone);
const PEOPLE = Number(values.people);
const TOKEN_MS = 25;
const IDLE_MS = 5_000;
// `regenerateSuggestions` takes 20 threads at once without a job.
const AT_ONCE = 20;
const TEXT = Array.from({ length: 40 }, (_, n) => `word${n}`).join(" ");

const REGENERATE = `mutation ($threadIds: [ID!]!) {
  regenerateSuggestions(threadIds: $threadIds) { __typename ... on Error { reason } } }`;

interface Update {
  readonly suggestionUpdated: {
    readonly id: string;
    readonly status: string;
    readonly text: string;
  };
}

interface Measured {
  /** From the first token of the model to the first words at the subscriber, in ms. */
  readonly latencies: readonly number[];
  /** Processor time of the program and of PostgreSQL for one suggestion, in ms. */
  readonly cpuMs: number;
}

/** Times of the first tokens by the number of the thread. */
const sentAt = new Map<number, number>();

function answer({ messages }: ReceivedAsk): string {
  const number = Number(/Question (\d+)\./.exec(JSON.stringify(messages))?.[1]);
  sentAt.set(number, performance.now());
  return replyAnswer({ text: TEXT });
}

/** Watches a thread until its next suggestion is complete; resolves to the latency of its first words. */
function watch({ address, key }: Target, thread: string, number: number) {
  const url = `${address.replace("http", "ws")}/graphql`;
  const client = createClient({ url, connectionParams: { authorization: `Bearer ${key}` } });
  const query = `subscription { suggestionUpdated(threadId: "${thread}") { id status text } }`;
  const events = client.iterate<Update>({ query });
  const ready = Promise.withResolvers<void>();
  const latency = (async () => {
    let firstAt: number | null = null;
    let earlier: string | null = null;
    for await (const { data } of events) {
      if (!data) throw new Error(`Cannot watch ${thread}`);
      const { id, status, text } = data.suggestionUpdated;
      if (earlier === null) {
        earlier = id;
        ready.resolve();
      }
      if (id === earlier) continue;
      if (text !== "") firstAt ??= performance.now();
      if (status === "READY") break;
    }
    await client.dispose();
    return (firstAt ?? NaN) - (sentAt.get(number) ?? NaN);
  })();
  return { ready: ready.promise, latency };
}

/** Has suggestions of threads written at the same time, each before a subscriber. */
async function write(target: Target, threads: readonly string[]): Promise<number[]> {
  const watched = threads.map((thread, index) => watch(target, thread, index));
  await Promise.all(watched.map(({ ready }) => ready));
  for (let from = 0; from < threads.length; from += AT_ONCE) {
    await request(target, REGENERATE, { threadIds: threads.slice(from, from + AT_ONCE) });
  }
  return await Promise.all(watched.map(({ latency }) => latency));
}

async function cpuMs(bench: Bench): Promise<number> {
  const { own, database } = await cpuSeconds(bench);
  return (own + database) * 1_000;
}

/** Measures `work`, without the processor time that the program takes when it is idle. */
async function measure(
  bench: Bench,
  idlePerMs: number,
  work: () => Promise<number[]>,
): Promise<Measured> {
  const before = await cpuMs(bench);
  const startedAt = performance.now();
  const latencies = await work();
  const idle = idlePerMs * (performance.now() - startedAt);
  return { latencies, cpuMs: (await cpuMs(bench) - before - idle) / latencies.length };
}

async function measureAll(bench: Bench): Promise<void> {
  const { services, caller, target } = bench;
  const mails = Array.from(
    { length: PEOPLE },
    (_, n) =>
      newEmail(parsedMail({ subject: `Question ${n}`, text: `Question ${n}. Where is my order?` })),
  );
  const placed = await placeMails(services.db, caller.organizationId, mails);
  const threads = placed.map(({ threadId }) => toTypeId("thread", threadId));
  // Each thread has a suggestion already, so that its subscribers get their first event at once.
  for (let from = 0; from < threads.length; from += AT_ONCE) {
    await request(target, REGENERATE, { threadIds: threads.slice(from, from + AT_ONCE) });
  }
  await untilWritten(target);
  server.settings.tokenMs = TOKEN_MS;
  const before = await cpuMs(bench);
  await pause(IDLE_MS);
  const idlePerMs = (await cpuMs(bench) - before) / IDLE_MS;

  const alone = await measure(bench, idlePerMs, async () => {
    const latencies: number[] = [];
    for (let n = 0; n < ALONE; n++) latencies.push(...await write(target, [threads[0] ?? ""]));
    return latencies;
  });
  const together = await measure(bench, idlePerMs, () => write(target, threads));
  print(`one person, ${ALONE} suggestions one by one`, alone);
  print(`${PEOPLE} people, ${values.slots} suggestions at once`, together);
  const ratio = (of: (measured: Measured) => number) => (of(together) / of(alone)).toFixed(2);
  report(`processor time for each, ${PEOPLE} people / one`, ratio(({ cpuMs }) => cpuMs));
  report(`median latency, ${PEOPLE} people / one`, ratio(({ latencies }) => median(latencies)));
}

async function untilWritten(target: Target): Promise<void> {
  const query = "{ threads(filter: { suggestionStatuses: [READY] }, first: 1) { totalCount } }";
  for (;;) {
    const { threads } = await request<{ threads: { totalCount: number } }>(target, query);
    if (threads.totalCount === PEOPLE) return;
    await pause(100);
  }
}

function print(name: string, { latencies, cpuMs }: Measured): void {
  const [middle, late] = [median(latencies), quantile(latencies, 0.99)];
  report(name, `p50 ${middle.toFixed(1)} ms, p99 ${late.toFixed(1)} ms`);
  report("  processor time for each", `${cpuMs.toFixed(1)} ms`);
}

const sink = await startSink();
await using server = await startModelServer({ reply: answer });
await withProgram(sink.port, () => Promise.resolve(), measureAll, {
  OPENAI_API_KEY: "sk-good",
  OPENAI_BASE_URL: server.baseUrl,
  WORKER_LANES: `ai:${values.slots},system:1`,
});
await sink.stop();
