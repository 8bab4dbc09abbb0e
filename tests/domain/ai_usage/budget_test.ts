import assert from "node:assert/strict";
import { reserveCall } from "../../../src/domain/ai_usage/reserve.ts";
import { settleCall } from "../../../src/domain/ai_usage/settle.ts";
import { compactAiStats } from "../../../src/domain/ai_usage/stats.ts";
import { sweepCalls } from "../../../src/domain/ai_usage/sweep.ts";
import { listAiCalls } from "../../../src/domain/ai_usage/list.ts";
import { setAiPrice } from "../../../src/domain/ai_usage/prices.ts";
import type { AiCallOutcome } from "../../../src/domain/ai_usage/call.ts";
import { ForbiddenError, type InvalidInputError } from "../../../src/domain/errors.ts";
import { readJobWaits } from "../../../src/domain/jobs/read_waits.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { addJobs, addWorker, claimWork, endOf } from "../../support/jobs.ts";
import { updateBudget } from "../../../src/domain/ai_usage/update_budget.ts";
import { openDatabase } from "../../../src/db/database.ts";
import { createBus } from "../../../src/events/bus.ts";
import { rememberUser } from "../../../src/domain/notifications/settings.ts";
import {
  ageCall,
  answered,
  budgetSums,
  endDay,
  newCall,
  reserve,
  usd,
} from "../../support/ai_usage.ts";
import { notificationsOf } from "../../support/notifications.ts";
import { onEveryQueue, onPostgresQueue } from "../../support/queue.ts";

onPostgresQueue(
  "fifty calls at once from two processes never exceed the budget, which is exact at the end",
  async ({ db, services, organization, url }) => {
    const other = openDatabase({
      connection: { connectionString: url },
      size: 10,
      embedded: false,
      onError: (error) => {
        throw error;
      },
    });
    const processes = [services, { db: other, bus: createBus() }];
    // Each call reserves 2,000, so that 12 fit.
    await updateBudget(services, organization.admin, { perDay: usd("0.025") });
    const highest = { value: 0 };
    const watch = async () => {
      const { spent, reserved } = await budgetSums(db, organization.id);
      highest.value = Math.max(highest.value, spent + reserved);
    };
    const call = async (index: number) => {
      const process = processes[index % 2] ?? services;
      const reservation = await reserveCall(process, newCall(organization.id));
      await watch();
      if (reservation.type === "refused") return reservation.reason;
      return async () => {
        // 404 millionths of a USD.
        await settleCall(process, reservation.callId, answered(10, 250));
      };
    };
    const results = await Promise.all(Array.from({ length: 50 }, (_, index) => call(index)));
    const admitted = results.filter((result) => typeof result === "function");
    assert.equal(admitted.length, 12);
    assert.equal(highest.value, 24_000);
    await Promise.all(admitted.map((settle) => settle()));
    assert.deepEqual(await budgetSums(db, organization.id), {
      spent: 12 * 404,
      reserved: 0,
      paused: false,
    });
    await other.close();
    await processes[1]?.bus.close();
  },
);

onEveryQueue("a used-up budget refuses calls until midnight in its time zone", async (queue) => {
  const { db, services, organization: { id, admin } } = queue;
  await updateBudget(services, admin, { perDay: usd("0.003"), timezone: "Asia/Kolkata" });
  const first = await reserve(services, newCall(id));
  // The first call may turn out cheaper, so that another one fits in a few seconds.
  const beside = await reserveCall(services, newCall(id));
  assert.ok(beside.type === "refused" && beside.reason === "BUDGET");
  assert.ok(beside.until.getTime() - Date.now() < 20_000);
  assert.equal((await budgetSums(db, id)).paused, false);
  await settleCall(services, first, answered(1_000, 1_000));
  const refused = await reserveCall(services, newCall(id));
  assert.ok(refused.type === "refused" && refused.reason === "BUDGET");
  // Midnight in India is 18:30 UTC.
  assert.match(refused.until.toISOString(), /T18:30:00\.000Z$/);
  const small = newCall(id, { upperBound: { inputTokens: 1_000, outputTokens: 1 } });
  await settleCall(services, await reserve(services, small), answered(1_000, 1));
  assert.deepEqual(await budgetSums(db, id), { spent: 2_402, reserved: 0, paused: true });
});

onEveryQueue("ADMINs are notified once near the limit and once at it", async (queue) => {
  const { db, services, organization: { id, admin } } = queue;
  await rememberUser(db, admin);
  await updateBudget(services, admin, { perDay: usd("0.01"), warnAtFraction: 0.5 });
  for (let call = 0; call < 5; call++) {
    await settleCall(services, await reserve(services, newCall(id)), answered(1_000, 1_000));
  }
  await reserveCall(services, newCall(id));
  await reserveCall(services, newCall(id));
  const notifications = await notificationsOf(services, admin);
  assert.deepEqual(notifications.map(({ level, title, body }) => [level, title, body]), [
    ["WARNING", "The AI budget of today is nearly used up", "0.006 of 0.01 USD are spent"],
    [
      "ERROR",
      "The AI budget of today is used up: jobs wait until midnight",
      "0.01 of 0.01 USD are spent, and a request may cost up to 0.002 USD",
    ],
  ]);
});

onEveryQueue(
  "a new day begins with the whole budget, and calls of the old one do not count",
  async (queue) => {
    const { db, services, organization: { id, admin } } = queue;
    await updateBudget(services, admin, { perDay: usd("0.002") });
    const yesterday = await reserve(services, newCall(id));
    await endDay(db, id);
    const today = await reserve(services, newCall(id));
    await settleCall(services, yesterday, answered(1_000, 1_000));
    assert.deepEqual(await budgetSums(db, id), { spent: 0, reserved: 2_000, paused: false });
    await settleCall(services, today, answered(10, 250));
    assert.deepEqual(await budgetSums(db, id), { spent: 404, reserved: 0, paused: false });
  },
);

onEveryQueue("a new budget counts the calls of the day, also those that run", async (queue) => {
  const { db, services, organization: { id, admin } } = queue;
  await settleCall(services, await reserve(services, newCall(id)), answered(10, 250));
  await compactAiStats(services);
  await settleCall(services, await reserve(services, newCall(id)), answered(10, 250));
  const running = await reserve(services, newCall(id));
  await updateBudget(services, admin, { perDay: usd("1"), timezone: "UTC" });
  assert.deepEqual(await budgetSums(db, id), { spent: 808, reserved: 2_000, paused: false });
  // Another time zone begins another day, in which the sums start again.
  await updateBudget(services, admin, { timezone: null });
  await settleCall(services, running, answered(0, 0));
  assert.deepEqual(await budgetSums(db, id), { spent: 808, reserved: 0, paused: false });
});

onEveryQueue(
  "a budget refuses a model without a price, and accepts one whose price is 0",
  async (queue) => {
    const { services, organization: { id, admin, operator } } = queue;
    const call = newCall(id, { model: "llama3.2" });
    const unlimited = await reserve(services, call);
    assert.deepEqual(await settleCall(services, unlimited, answered(10, 10)), { costMicros: null });
    await updateBudget(services, admin, { perDay: usd("0") });
    assert.deepEqual(await reserveCall(services, call), {
      type: "refused",
      reason: "PRICE_UNKNOWN",
    });
    await setAiPrice(services, operator, { model: "llama3.2", input: usd("0"), output: usd("0") });
    const free = await reserve(services, call);
    assert.deepEqual(await settleCall(services, free, answered(10, 10)), { costMicros: 0n });
  },
);

onEveryQueue(
  "a call whose process died keeps its reservation, with outcome UNKNOWN",
  async (queue) => {
    const { db, services, organization: { id, admin } } = queue;
    await updateBudget(services, admin, { perDay: usd("1") });
    const lost = await reserve(services, newCall(id));
    const running = await reserve(services, newCall(id));
    await ageCall(db, lost, "3 hours");
    await sweepCalls(services);
    assert.deepEqual(await budgetSums(db, id), { spent: 2_000, reserved: 2_000, paused: false });
    await settleCall(services, lost, answered(1, 1));
    await settleCall(services, running, answered(10, 250));
    assert.deepEqual(await budgetSums(db, id), { spent: 2_404, reserved: 0, paused: false });
    const calls = await listAiCalls(services, admin, { failed: true }, {});
    assert.deepEqual(calls.edges.map(({ node }) => [node.id, node.outcome]), [[lost, "UNKNOWN"]]);
  },
);

onEveryQueue("only a call that may have been billed counts with its upper bound", async (queue) => {
  const { db, services, organization: { id, admin } } = queue;
  await updateBudget(services, admin, { perDay: usd("1") });
  const end = async (outcome: AiCallOutcome, firstTokenMs: number | null) => {
    const call = await reserve(services, newCall(id));
    const error = { type: "NETWORK", code: null, message: "Connection lost" };
    await settleCall(services, call, { outcome, usage: null, firstTokenMs, durationMs: 9, error });
    return (await budgetSums(db, id)).spent;
  };
  assert.equal(await end("FAILED", null), 0);
  assert.equal(await end("FAILED", 5), 2_000);
  assert.equal(await end("TIMED_OUT", null), 4_000);
});

onEveryQueue(
  "updateBudget() starts the jobs that wait for the budget, and no others",
  async (queue) => {
    const { db, services, organization } = queue;
    const { id, admin } = organization;
    const settleWith = async (reason: "BUDGET" | "BACKOFF") => {
      const [job] = await addJobs(db, id, 1);
      const [claimed] = await claimWork(services, await addWorker(services), id);
      assert.ok(claimed && job);
      const wait = { reason, providerId: null };
      await settleJobs(db, [endOf(claimed, { outcome: "snooze", delayMs: 60_000, wait })]);
      return claimed.id;
    };
    const waiting = await settleWith("BUDGET");
    const backingOff = await settleWith("BACKOFF");
    const wait = (await readJobWaits(db, [waiting])).get(waiting);
    assert.equal(wait?.reason, "BUDGET");
    assert.match(
      wait.text,
      /^Waits until .* because the request may exceed the remaining budget for the language model$/,
    );
    await updateBudget(services, admin, { perDay: usd("5") });
    const waits = await readJobWaits(db, [waiting, backingOff]);
    assert.equal(waits.get(waiting)?.until, null);
    assert.equal(waits.get(backingOff)?.reason, "BACKOFF");
  },
);

onEveryQueue(
  "updateBudget() refuses MEMBERs, and names every fault",
  async ({ services, organization }) => {
    await assert.rejects(updateBudget(services, organization.member, {}), ForbiddenError);
    const perDay = { amount: "-1", currency: "EUR" };
    await assert.rejects(
      updateBudget(services, organization.admin, { perDay, warnAtFraction: 0, timezone: "Mars" }),
      (error: InvalidInputError) => {
        assert.deepEqual(error.issues.map(({ path, code }) => [path.join("."), code]), [
          ["perDay.currency", "UNSUPPORTED"],
          ["warnAtFraction", "OUT_OF_RANGE"],
          ["timezone", "MALFORMED"],
          ["perDay.amount", "MALFORMED"],
        ]);
        return true;
      },
    );
  },
);
