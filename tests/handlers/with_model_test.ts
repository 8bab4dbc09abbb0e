import assert from "node:assert/strict";
import { updateBudget } from "../../src/domain/ai_usage/update_budget.ts";
import { updateProvider } from "../../src/domain/installation/update_provider.ts";
import { done } from "../../src/domain/jobs/outcome.ts";
import { readJobWaits } from "../../src/domain/jobs/read_waits.ts";
import { explain } from "../../src/domain/problems/explanation.ts";
import { withModel } from "../../src/handlers/with_model.ts";
import { usd } from "../support/ai_usage.ts";
import { addJob, readAttempts, readJob } from "../support/jobs.ts";
import { type CallerTest, onEveryCaller } from "../support/model_calls.ts";
import { INVALID_KEY } from "../support/model_server.ts";
import { problemOf } from "../support/problems.ts";
import { until } from "../support/until.ts";
import { startTestWorker } from "../support/worker.ts";

function startWorker({ services, model, call }: CallerTest) {
  return startTestWorker(
    services,
    withModel(async ({ job: { id: jobId }, signal }) => {
      await model.caller.call({ ...call, jobId }, { signal });
      return done;
    }),
  );
}

async function untilWaiting({ services: { db } }: CallerTest, id: string): Promise<string> {
  await until("the job waits", async () => (await readJob(db, id)).status === "SCHEDULED");
  return (await readJobWaits(db, [id])).get(id)?.text ?? "";
}

async function untilCompleted({ services: { db } }: CallerTest, id: string): Promise<number> {
  await until("the job is completed", async () => (await readJob(db, id)).status === "COMPLETED");
  return (await readAttempts(db, id)).length;
}

onEveryCaller(
  "A job waits for a model that refuses the key, and continues at once when it is replaced",
  { apiKey: "sk-new" },
  async (given) => {
    const { services, organization: { id: organizationId, operator }, model } = given;
    await using _worker = await startWorker(given);
    const id = await addJob(services.db, organizationId);

    const text = await untilWaiting(given, id);
    const { name } = await model.state();
    assert.equal(
      text,
      `Waits for provider ${name}, which refuses requests: ${INVALID_KEY.error.message} ` +
        "(401 invalid_api_key)",
    );

    const problem = await problemOf(given);
    assert.deepEqual(
      [problem.source, problem.origin, problem.provider, problem.errorType, problem.count],
      ["AI_CALL", "gpt-6-luna", name, "ACCESS_TOKEN", 1],
    );
    assert.match(explain(problem).remedy, /Replace the API key of the provider/);

    await updateProvider(services, operator, model.providerId, { accessToken: "sk-new" });
    assert.equal(await untilCompleted(given, id), 1, "the wait used no attempt");
  },
);

onEveryCaller(
  "A request that fails its job is a problem of the job only",
  {
    reply: () => ({ status: 400, error: { message: "Too long", code: "context_length_exceeded" } }),
  },
  async (given) => {
    const { services, organization } = given;
    await using _worker = await startWorker(given);
    const id = await addJob(services.db, organization.id);
    await until(
      "the job has failed",
      async () => (await readJob(services.db, id)).status === "FAILED",
    );
    const { source, errorType, count } = await problemOf(given);
    assert.deepEqual([source, errorType, count], ["JOB", "OTHER", 1]);
  },
);

onEveryCaller("A job waits for a model that an operator has disabled", {}, async (given) => {
  const { services, organization: { id: organizationId, operator }, server, model } = given;
  await updateProvider(services, operator, model.providerId, { enabled: false });
  await model.live.refresh();
  await using _worker = await startWorker(given);
  const id = await addJob(services.db, organizationId);

  assert.match(await untilWaiting(given, id), /^Waits until an operator enables provider 127/);
  assert.equal(server.asks.length, 0);

  await updateProvider(services, operator, model.providerId, { enabled: true });
  assert.equal(await untilCompleted(given, id), 1);
});

onEveryCaller("A job waits for a budget that is used up", {}, async (given) => {
  const { services, organization: { id: organizationId, admin } } = given;
  await updateBudget(services, admin, { perDay: usd("0.0001") });
  await using _worker = await startWorker(given);
  const id = await addJob(services.db, organizationId);

  await untilWaiting(given, id);
  assert.equal((await readJob(services.db, id)).waitReason, "BUDGET");

  await updateBudget(services, admin, { perDay: usd("1") });
  assert.equal(await untilCompleted(given, id), 1);
});
