// The time that a call of the language model takes beside the model itself: recorded, reserved and settled, compared
// with a bare fetch of the same server in the same run; the time from the first token to the caller; and how many
// jobs wait for the model at once. PostgreSQL only. The argument is the number of calls per round.
import { wakeWorkers } from "../../src/domain/jobs/enqueue.ts";
import { openOpenAiModel } from "../../src/ai/openai_client.ts";
import { done } from "../../src/domain/jobs/outcome.ts";
import { withModel } from "../../src/handlers/with_model.ts";
import type { ModelTextCall } from "../../src/sending/model_caller.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { addJobs } from "../support/jobs.ts";
import { type ModelServer, startModelServer } from "../support/model_server.ts";
import { openTestModel, type TestModel } from "../support/models.ts";
import { startTestWorker } from "../support/worker.ts";
import { measureAlternately, median, quantile, report } from "./report.ts";

const CALLS = Number(Deno.args[0] ?? 300);
const ROUNDS = 3;
const MODEL_MS = 2_000;
const ANSWER = "A table of oak, 120 × 80 cm, oiled. ".repeat(20);
const QUESTION = "How much is a table of oak? ".repeat(50);

const { db, close } = await testDatabase();
const services = { db, bus: createBus() };
const organization = await createOrganization(db);
await using server = await startModelServer({ reply: () => ANSWER });
await using model = await openTestModel(services, server);
const call: ModelTextCall = {
  organizationId: organization.id,
  jobId: null,
  subject: null,
  kind: "QUOTE",
  promptId: null,
  instructions: "Estimate the price.",
  input: [{ type: "text", text: QUESTION }],
  answer: null,
  maxOutputTokens: 1_000,
};
const { signal } = new AbortController();

/** Mean time of one call, in milliseconds, made one after the other. */
async function timeOf(run: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  for (let n = 0; n < CALLS; n++) await run();
  return (performance.now() - start) / CALLS;
}

/** Minimal client: reads the events of the stream one by one. */
async function bareFetch({ baseUrl }: ModelServer): Promise<void> {
  const response = await fetch(`${baseUrl}/chat/completions`, {
    method: "POST",
    headers: { authorization: "Bearer sk-good", "content-type": "application/json" },
    body: JSON.stringify({
      model: "gpt-6-luna",
      messages: [
        { role: "system", content: call.instructions },
        { role: "user", content: QUESTION },
      ],
      stream: true,
    }),
  });
  let rest = "";
  for await (const part of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
    const events = (rest + part).split("\n\n");
    rest = events.pop() ?? "";
    for (const event of events) {
      if (event !== "data: [DONE]") JSON.parse(event.slice("data: ".length));
    }
  }
}

/** Times from the first token that the server sends to the caller, in milliseconds. */
async function firstTokens({ caller }: TestModel): Promise<number[]> {
  const waits: number[] = [];
  for (let n = 0; n < CALLS; n++) {
    let sentAt = 0;
    let wait: number | null = null;
    server.settings.reply = () => {
      sentAt = performance.now();
      return ANSWER;
    };
    await caller.call(call, { signal, onText: () => wait ??= performance.now() - sentAt });
    if (wait !== null) waits.push(wait);
  }
  return waits;
}

/** Time of as many jobs as there are slots, beside the time of the model, in milliseconds. */
async function jobsAtOnce(slots: number): Promise<number> {
  const handler = withModel(async ({ job, signal }) => {
    await model.caller.call({ ...call, jobId: job.id }, { signal });
    ended.push(performance.now());
    if (ended.length === slots) all.resolve();
    return done;
  });
  const ended: number[] = [];
  const all = Promise.withResolvers<void>();
  await using _worker = await startTestWorker(services, handler, { lanes: { AI: slots } });
  const start = performance.now();
  await addJobs(db, organization.id, slots, { lane: "AI" });
  wakeWorkers(services, ["AI"]);
  await all.promise;
  return performance.now() - start - MODEL_MS;
}

const client = openOpenAiModel({ baseUrl: server.baseUrl, apiKey: "sk-good" });
const { recorded = NaN, asked = NaN, bare = NaN } = await measureAlternately(ROUNDS, {
  recorded: () => timeOf(() => model.caller.call(call, { signal })),
  asked: () =>
    timeOf(() =>
      client.ask({ ...call, model: "gpt-6-luna", answerSchema: null, turns: [] }, { signal })
    ),
  bare: () => timeOf(() => bareFetch(server)),
});
client.close();
report("call of the model, reserved, checked and recorded", `${recorded.toFixed(1)} ms`);
report("client of the model alone, answer of 160 tokens", `${asked.toFixed(1)} ms`);
report("minimal client of the same stream", `${bare.toFixed(1)} ms`);
report("overhead of a call beside the client", `${(recorded - asked).toFixed(1)} ms`);

const waits = await firstTokens(model);
report(
  "first token to the caller, p50 / p99",
  [median(waits), quantile(waits, 0.99)]
    .map((ms) => ms.toFixed(1)).join(" / ") + " ms",
);

server.settings.reply = () => ANSWER;
server.settings.delayMs = MODEL_MS;
for (const slots of [5, 50]) {
  const ms = await jobsAtOnce(slots);
  report(`${slots} jobs in ${slots} slots, beside the 2 s of the model`, `${ms.toFixed(0)} ms`);
  report("  requests at once", String(server.maxRunning));
}
await services.bus.close();
await close();
