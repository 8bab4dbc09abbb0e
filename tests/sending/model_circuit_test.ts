import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { updateBudget } from "../../src/domain/ai_usage/update_budget.ts";
import { updateProvider } from "../../src/domain/installation/update_provider.ts";
import { usd } from "../support/ai_usage.ts";
import { failureOf, GOOD, onEveryCaller, waitOf } from "../support/model_calls.ts";
import {
  CUT,
  MODEL_NOT_FOUND,
  OUT_OF_CREDIT,
  rateLimited,
  SILENCE,
} from "../support/model_server.ts";
import { openTestModel } from "../support/models.ts";
import { until } from "../support/until.ts";

const END_WAIT = statement<[]>("test.endWait", "update providers set retry_at = now()");

onEveryCaller(
  "call() opens the circuit after three lost connections, and sends no request while it is open",
  { reply: () => CUT },
  async ({ server, model, ask, outcomes }) => {
    for (let attempt = 1; attempt <= 2; attempt++) {
      const failure = await failureOf(ask());
      assert.deepEqual([failure.type, failure.options.retryable], ["NETWORK", true]);
    }
    const third = await waitOf(ask());
    assert.deepEqual(third.wait, { reason: "PROVIDER_OPEN", providerId: model.providerId });
    assert.ok(third.delayMs > 4_000 && third.delayMs < 6_000);
    await waitOf(ask());
    assert.equal(server.asks.length, 3);
    assert.deepEqual(await outcomes(), Array(3).fill("FAILED NETWORK"));
  },
);

for (
  const [name, reply] of [["an unknown model", MODEL_NOT_FOUND], [
    "no credit",
    OUT_OF_CREDIT,
  ]] as const
) {
  onEveryCaller(
    `call() waits for the operator after ${name}, until a probe succeeds`,
    { reply: (_ask, index) => index === 0 ? reply : GOOD },
    async ({ services, model, ask }) => {
      const { wait } = await waitOf(ask());
      assert.equal(wait.reason, "PROVIDER_OPEN");
      assert.deepEqual([(await model.state()).state, (await model.state()).errorType], [
        "OPEN",
        "PERMISSION",
      ]);
      await services.db.run(END_WAIT);
      await model.live.refresh();
      await ask();
      assert.equal((await model.state()).state, "CLOSED");
    },
  );
}

onEveryCaller(
  "call() waits as long as Retry-After says",
  { reply: () => rateLimited(12) },
  async ({ model, ask }) => {
    const { wait, delayMs } = await waitOf(ask());
    assert.deepEqual(wait, { reason: "RATE_LIMIT", providerId: model.providerId });
    assert.ok(delayMs > 11_000 && delayMs < 13_300, `${delayMs}`);
  },
);

onEveryCaller(
  "call() asks with the key that an operator has set, at once",
  { apiKey: "sk-new" },
  async ({ services, organization, server, model, ask }) => {
    await waitOf(ask());
    assert.equal((await model.state()).errorType, "ACCESS_TOKEN");

    await updateProvider(services, organization.operator, model.providerId, {
      accessToken: "sk-new",
    });
    await model.live.refresh();

    assert.equal((await ask()).value.total, 1_200);
    assert.equal(server.refused, 1);
  },
);

onEveryCaller(
  "call() does not fail because of a key that was replaced while it asked",
  { delayMs: 100 },
  async ({ services, organization, server, model, ask }) => {
    server.settings.reply = () => ({ status: 401, error: { message: "Revoked" } });
    const asked = waitOf(ask());
    await until("the model is asked", () => server.asks.length === 1);
    await updateProvider(services, organization.operator, model.providerId, {
      accessToken: "sk-good",
    });
    await model.live.refresh();
    assert.equal((await asked).delayMs, 0);
    assert.equal((await model.state()).state, "CLOSED");
  },
);

onEveryCaller(
  "The beginning of an answer closes the circuit, also if its end is lost",
  { reply: (_ask, index) => index < 3 ? CUT : { text: GOOD, end: { after: 1, by: "CUT" } } },
  async ({ services, model, ask }) => {
    for (let attempt = 1; attempt <= 3; attempt++) await assert.rejects(ask());
    await services.db.run(END_WAIT);
    await model.live.refresh();
    assert.equal((await failureOf(ask())).type, "NETWORK");
    assert.equal((await model.state()).state, "CLOSED");
  },
);

onEveryCaller(
  "call() records a request that its job has aborted",
  { reply: () => SILENCE },
  async ({ server, model, ask, outcomes }) => {
    const abort = new AbortController();
    const reason = new Error("The job was cancelled");
    const asked = ask({ signal: abort.signal });
    await until("the model is asked", () => server.asks.length === 1);
    abort.abort(reason);
    await assert.rejects(asked, reason);
    await server.asks[0]?.aborted;
    assert.deepEqual(await outcomes(), ["CANCELLED ABORTED"]);
    assert.equal((await model.state()).state, "CLOSED");
  },
);

onEveryCaller(
  "call() records a model that does not answer in time",
  { reply: () => SILENCE },
  async ({ ask, outcomes }) => {
    const { type, options } = await failureOf(ask());
    assert.deepEqual([type, options.code, options.retryable], ["NETWORK", "ETIMEDOUT", true]);
    assert.deepEqual(await outcomes(), ["TIMED_OUT NETWORK"]);
  },
  { limits: { firstTextMs: 50 } },
);

onEveryCaller(
  "call() sends no request when the budget is used up, or the model has no price under a budget",
  {},
  async ({ services, organization, server, model, call, ask }) => {
    await updateBudget(services, organization.admin, { perDay: usd("0.0001") });
    const { wait, delayMs } = await waitOf(ask());
    assert.deepEqual(wait, { reason: "BUDGET", providerId: null });
    assert.ok(delayMs > 0);

    await using unpriced = await openTestModel(services, server, { model: "no-such-model" });
    const { signal } = new AbortController();
    const failure = await failureOf(unpriced.caller.call(call, { signal }));
    assert.deepEqual([failure.type, failure.options.retryable], ["PRICE_UNKNOWN", false]);
    assert.equal(server.asks.length, 0);
    assert.equal((await model.state()).state, "CLOSED");
  },
);
