import assert from "node:assert/strict";
import { reserveCall } from "../../../src/domain/ai_usage/reserve.ts";
import { settleCall } from "../../../src/domain/ai_usage/settle.ts";
import { updateBudget } from "../../../src/domain/ai_usage/update_budget.ts";
import { openDatabase } from "../../../src/db/database.ts";
import { createBus } from "../../../src/events/bus.ts";
import { rememberUser } from "../../../src/domain/notifications/settings.ts";
import { answered, budgetSums, newCall, reserve } from "../../support/ai_usage.ts";
import { titlesOf } from "../../support/notifications.ts";
import { onEveryQueue, onPostgresQueue } from "../../support/queue.ts";

function usd(amount: string): { amount: string; currency: string } {
  return { amount, currency: "USD" };
}

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
  assert.ok(beside.until.getTime() - Date.now() < 10_000);
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
  assert.deepEqual(await titlesOf(services, admin), [
    "WARNING The AI budget of today is nearly used up",
    "ERROR The AI budget of today is used up; jobs wait until midnight",
  ]);
});
