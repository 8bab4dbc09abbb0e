import assert from "node:assert/strict";
import { estimateCost, estimateFor } from "../../../src/domain/ai_usage/estimate.ts";
import { listAiPrices, setAiPrice } from "../../../src/domain/ai_usage/prices.ts";
import { settleCall } from "../../../src/domain/ai_usage/settle.ts";
import { compactAiStats, pruneAiUsage } from "../../../src/domain/ai_usage/stats.ts";
import { readAiToday } from "../../../src/domain/ai_usage/today.ts";
import { readAiSeries, readAiUsage } from "../../../src/domain/ai_usage/usage.ts";
import { ForbiddenError, InvalidInputError } from "../../../src/domain/errors.ts";
import { createOrganization } from "../../support/callers.ts";
import { ageCall, answered, MODEL, newCall, reserve, usd } from "../../support/ai_usage.ts";
import { onEveryQueue, type TestQueue } from "../../support/queue.ts";

const DAY = 24 * 60 * 60_000;

function lastDays(days: number): { from: Date; to: Date } {
  return { from: new Date(Date.now() - days * DAY), to: new Date(Date.now() + DAY) };
}

/** Makes a call per kind and model, one that fails and one that times out. */
async function makeCalls({ services, organization: { id } }: TestQueue): Promise<void> {
  const end = async (fields: Parameters<typeof newCall>[1], result = answered(1_000, 500)) => {
    await settleCall(services, await reserve(services, newCall(id, fields)), result);
  };
  const error = { type: "RATE_LIMIT", code: "429", message: "Slow down" };
  const failed = { usage: null, firstTokenMs: null, durationMs: 9, error } as const;
  await end({ kind: "QUOTE" });
  await end({ kind: "QUOTE" }, { outcome: "FAILED", ...failed });
  await end({ kind: "QUOTE" }, { outcome: "TIMED_OUT", ...failed });
  await end({ kind: "REPLY", model: "gpt-4.1-2025-04-14" });
  await end({ kind: "REPLY", model: "llama3.2" });
}

onEveryQueue("readAiUsage() sums up calls, before and after compaction", async (queue) => {
  const { db, services, organization: { admin, member } } = queue;
  await makeCalls(queue);
  const other = await createOrganization(db, "Other");
  await settleCall(services, await reserve(services, newCall(other.id)), answered(9, 9));
  for (let round = 0; round < 2; round++) {
    const { byKind, byModel, ...total } = await readAiUsage(services, admin, lastDays(1));
    assert.deepEqual(total, {
      callCount: 5,
      inputTokens: 3_000,
      cachedInputTokens: 0,
      outputTokens: 1_500,
      reasoningTokens: 0,
      // 1,000 × 0.4 + 500 × 1.6, and 1,000 × 2 + 500 × 8 millionths of a USD.
      cost: usd("0.0072"),
      unknownCostCount: 2,
      failed: 2,
      timedOut: 1,
    });
    assert.deepEqual(
      byKind.map(({ kind, callCount, cost, failed }) => [kind, callCount, cost, failed]),
      [["REPLY", 2, usd("0.006"), 0], ["QUOTE", 3, usd("0.0012"), 2]],
    );
    assert.deepEqual(
      byModel.map(({ model, callCount, cost }) => [model, callCount, cost]),
      [["gpt-4.1-2025-04-14", 1, usd("0.006")], [MODEL, 3, usd("0.0012")], ["llama3.2", 1, null]],
    );
    await compactAiStats(services);
  }
  await assert.rejects(readAiUsage(services, member, lastDays(1)), ForbiddenError);
});

onEveryQueue(
  "readAiSeries() counts a call on the day of the time zone in which it began",
  async (queue) => {
    const { db, services, organization: { id, admin } } = queue;
    const call = await reserve(services, newCall(id));
    await settleCall(services, call, answered(1_000, 500));
    await ageCall(db, call, "2 days");
    await compactAiStats(services);
    const points = await readAiSeries(services, admin, lastDays(4), "DAY", "Asia/Kolkata");
    const day = (time: number) =>
      new Date(time).toLocaleDateString("sv", { timeZone: "Asia/Kolkata" });
    const counted = points.filter(({ callCount }) => callCount > 0);
    assert.deepEqual(
      counted.map(({ at, cost }) => [day(at.getTime()), cost]),
      [[day(Date.now() - 2 * DAY), usd("0.0012")]],
    );
    assert.ok(points.length >= 5);
  },
);

onEveryQueue("readAiToday() counts the calls of today and those that run", async (queue) => {
  const { db, services, organization: { id } } = queue;
  await makeCalls(queue);
  await reserve(services, newCall(id));
  const today = await readAiToday(db, id);
  assert.deepEqual(
    [today.callCount, today.running, today.cost, today.budget, today.spent, today.timezone],
    [5, 1, usd("0.0072"), null, null, "UTC"],
  );
  assert.equal(today.dayEnd.getTime() - today.dayStart.getTime(), DAY);
});

onEveryQueue("a price holds from its date, and the operator's own comes first", async (queue) => {
  const { services, organization: { operator, admin } } = queue;
  const cost = (model: string, inputTokens = 1_000_000) =>
    estimateCost(services, { model, inputTokens, outputTokens: 0 });
  assert.deepEqual(await cost(MODEL), usd("0.40"));
  assert.deepEqual(await cost(`${MODEL}-2025-04-14`), usd("0.40"));
  assert.deepEqual(await cost("gpt-4o-2024-05-13"), usd("5.00"));
  assert.equal(await cost("llama3.2"), null);
  // Long inputs of this model cost twice as much.
  assert.deepEqual(await cost("gpt-5.4", 100_000), usd("0.25"));
  assert.deepEqual(await cost("gpt-5.4"), usd("5.00"));
  const price = { model: "gpt-5.4", input: usd("3"), output: usd("9") };
  await setAiPrice(services, operator, { ...price, validFrom: new Date(Date.now() + DAY) });
  assert.deepEqual(await cost("gpt-5.4"), usd("5.00"));
  await setAiPrice(services, operator, price);
  assert.deepEqual(await cost("gpt-5.4"), usd("3.00"));
  const listed = (await listAiPrices(services)).filter(({ model }) => model === "gpt-5.4");
  assert.deepEqual(listed.map(({ source, input }) => [source, input]), [["OPERATOR", "3"]]);
  assert.deepEqual(
    await estimateCost(services, {
      model: MODEL,
      inputTokens: 1_000,
      outputTokens: 1_000,
      calls: 50,
    }),
    usd("0.10"),
  );
  await assert.rejects(setAiPrice(services, admin, price), ForbiddenError);
  await assert.rejects(
    setAiPrice(services, operator, { ...price, model: " ", input: usd("1e3") }),
    ({ issues }: InvalidInputError) => {
      assert.deepEqual(issues.map(({ path }) => path.join(".")), ["model", "input.amount"]);
      return true;
    },
  );
});

onEveryQueue("estimateFor() multiplies the newest calls of the kind", async (queue) => {
  const { services, organization: { admin, member } } = queue;
  const estimate = (callCount: number) => estimateFor(services, admin, "QUOTE", callCount);
  assert.equal(await estimate(20), null);
  await makeCalls(queue);
  // 20 × (1,000 × 0.4 + 500 × 1.6) millionths of a USD.
  assert.deepEqual(await estimate(20), usd("0.024"));
  await assert.rejects(estimate(0), InvalidInputError);
  await assert.rejects(estimateFor(services, member, "QUOTE", 1), ForbiddenError);
});

onEveryQueue("calls are deleted after 90 days, and their sums after 400", async (queue) => {
  const { db, services, organization: { id, admin } } = queue;
  const [old, recent] = [
    await reserve(services, newCall(id)),
    await reserve(services, newCall(id)),
  ];
  await settleCall(services, old, answered(1_000, 500));
  await settleCall(services, recent, answered(1_000, 500));
  await ageCall(db, old, "401 days");
  await compactAiStats(services);
  const period = { from: new Date(Date.now() - 500 * DAY), to: new Date(Date.now() + DAY) };
  assert.equal((await readAiUsage(services, admin, period)).callCount, 2);
  await pruneAiUsage(services);
  assert.equal((await readAiUsage(services, admin, period)).callCount, 1);
});
