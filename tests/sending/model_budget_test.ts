import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { listAiCalls } from "../../src/domain/ai_usage/list.ts";
import { updateBudget } from "../../src/domain/ai_usage/update_budget.ts";
import { openDatabase } from "../../src/db/database.ts";
import { createVault } from "../../src/domain/vault.ts";
import { createBus } from "../../src/events/bus.ts";
import { type ModelTextCall, ModelUnavailable } from "../../src/sending/model_caller.ts";
import { budgetSums, usd } from "../support/ai_usage.ts";
import { startModelServer } from "../support/model_server.ts";
import { openTestModel } from "../support/models.ts";
import { onPostgresQueue } from "../support/queue.ts";

const LIMIT = 5_000;
// 100 × 0.1 and 40 × 0.5 millionths of a USD: the prices of gpt-6-luna.
const COST = 30;

onPostgresQueue(
  "fifty calls at once of two processes never exceed the budget, which is exact at the end",
  async ({ db, services, organization, url }) => {
    const vault = createVault(() => Promise.resolve("a secret of the test"));
    const other = openDatabase({
      connection: { connectionString: url },
      size: 10,
      embedded: false,
      onError: (error) => {
        throw error;
      },
    });
    const otherServices = { db: other, bus: createBus(), vault };
    await using server = await startModelServer({
      reply: () => ({ text: "An oak table costs 1,200.", usage: { input: 100, output: 40 } }),
      delayMs: 50,
    });
    await using first = await openTestModel({ ...services, vault }, server);
    await using second = await openTestModel(otherServices, server);
    await updateBudget(services, organization.admin, { perDay: usd("0.005") });
    const call: ModelTextCall = {
      organizationId: organization.id,
      jobId: null,
      subject: null,
      kind: "QUOTE",
      promptId: null,
      instructions: "Estimate the price.",
      input: [{ type: "text", text: "How much is an oak table?" }],
      answer: null,
      maxOutputTokens: 500,
    };

    const watching = new AbortController();
    let highest = 0;
    const watch = async () => {
      while (!watching.signal.aborted) {
        const { spent, reserved } = await budgetSums(db, organization.id);
        highest = Math.max(highest, spent + reserved);
        await sleep(1);
      }
    };
    const watched = watch();
    const { signal } = new AbortController();
    const ask = async (index: number): Promise<boolean> => {
      try {
        await (index % 2 === 0 ? first : second).caller.call(call, { signal });
        return true;
      } catch (error) {
        if (!(error instanceof ModelUnavailable)) throw error;
        assert.equal(error.wait.reason, "BUDGET");
        return false;
      }
    };
    let answered = 0;
    for (let admitted = 1; admitted > 0;) {
      const asked = await Promise.all(Array.from({ length: 50 }, (_, index) => ask(index)));
      admitted = asked.filter(Boolean).length;
      answered += admitted;
    }
    watching.abort();
    await watched;

    assert.ok(answered > 50, `${answered} calls were answered`);
    assert.equal(server.asks.length, answered);
    assert.ok(server.maxRunning > 1 && server.maxRunning < 50, `${server.maxRunning} at once`);
    assert.ok(highest > LIMIT / 2 && highest <= LIMIT, `${highest} of ${LIMIT}`);
    assert.deepEqual(await budgetSums(db, organization.id), {
      spent: answered * COST,
      reserved: 0,
      paused: true,
    });
    const [last] = (await listAiCalls(services, organization.admin, {}, { first: 1 })).edges;
    assert.ok(answered * COST + (last?.node.reservedMicros ?? 0) > LIMIT, "a call was left over");
    await other.close();
    await otherServices.bus.close();
  },
);
