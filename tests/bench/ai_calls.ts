// Records calls of the language model: the time that reserving and settling adds to a call, beside the time of a
// statement that changes nothing, without and with a budget, one at a time and 50 at once. PostgreSQL only.
import { statement } from "../../src/db/database.ts";
import { settleCall } from "../../src/domain/ai_usage/settle.ts";
import { updateBudget } from "../../src/domain/ai_usage/update_budget.ts";
import { createBus } from "../../src/events/bus.ts";
import { answered, newCall, reserve, usd } from "../support/ai_usage.ts";
import { createOrganization, type TestOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { median, quantile, report } from "./report.ts";

const CALLS = 400;
const AT_ONCE = 50;
const NOTHING = statement<[], { one: number }>("bench.nothing", "select 1 as one");

const { db, close } = await testDatabase();
const services = { db, bus: createBus() };

/** Times of `CALLS` runs in milliseconds, `atOnce` at the same time. */
async function timesOf(atOnce: number, run: () => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  await Promise.all(Array.from({ length: atOnce }, async () => {
    while (times.length < CALLS) {
      const startedAt = performance.now();
      await run();
      times.push(performance.now() - startedAt);
    }
  }));
  return times;
}

function recordCall({ id }: TestOrganization): () => Promise<void> {
  return async () => {
    await settleCall(services, await reserve(services, newCall(id)), answered(10, 250));
  };
}

function reportTimes(what: string, times: readonly number[]): void {
  const text = [median(times), quantile(times, 0.99)].map((ms) => ms.toFixed(1)).join(" and ");
  report(what, `${text} ms (median and p99)`);
}

const unlimited = await createOrganization(db, "Unlimited");
const limited = await createOrganization(db, "Limited");
await updateBudget(services, limited.admin, { perDay: usd("1000") });
await timesOf(10, recordCall(unlimited));
for (const atOnce of [1, AT_ONCE]) {
  reportTimes(`select 1, ${atOnce} at once`, await timesOf(atOnce, () => db.run(NOTHING)));
  reportTimes(
    `reserve and settle, ${atOnce} at once`,
    await timesOf(atOnce, recordCall(unlimited)),
  );
  reportTimes(`the same under a budget`, await timesOf(atOnce, recordCall(limited)));
}
await services.bus.close();
await close();
