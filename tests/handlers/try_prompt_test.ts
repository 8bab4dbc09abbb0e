import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { updateBudget } from "../../src/domain/ai_usage/update_budget.ts";
import { eraseContact, eraseContactRows } from "../../src/domain/erasure/erase_contact.ts";
import { ConflictError, ForbiddenError, NotFoundError } from "../../src/domain/errors.ts";
import { newId, toTypeId } from "../../src/domain/id.ts";
import { cancelJob } from "../../src/domain/jobs/cancel.ts";
import type { Progress } from "../../src/domain/jobs/job.ts";
import { JobFailure } from "../../src/domain/jobs/outcome.ts";
import { pruneTrials } from "../../src/domain/prompt_trials/prune.ts";
import { createOrganization } from "../support/callers.ts";
import { answered, newCall, reserve, usd } from "../support/ai_usage.ts";
import { settleCall } from "../../src/domain/ai_usage/settle.ts";
import { issuesOf } from "../support/issues.ts";
import { rateLimited } from "../support/model_server.ts";
import { countOrganizationRows } from "../support/organization_rows.ts";
import { answerWith, onEveryTrials } from "../support/trials.ts";

function conflict(code: string): (error: unknown) => boolean {
  return (error) => error instanceof ConflictError && error.code === code;
}

onEveryTrials("TRY_PROMPT answers the newest inputs with the tried version", async (given) => {
  const { services, organization, server, add, contactId, start, run, read, results } = given;
  await add("cleo", "ada", "max");
  server.settings.reply = ({ messages }) => {
    assert.match(String(messages[0]?.content), /Write the address\.$/);
    const isMax = JSON.stringify(messages[1]?.content).includes("<data>\\nmax\\n</data>");
    return answerWith(isMax ? "max@example.com" : "ada@example.org");
  };
  const before = await countOrganizationRows(services.db, organization.id);
  const trial = await start(2);
  assert.deepEqual([trial.sampleCount, trial.finishedCount, trial.costMicros], [2, 0, 0]);
  const reports: Progress[] = [];
  assert.equal((await run(trial, undefined, reports)).kind, "done");
  const ended = await read(trial);
  assert.deepEqual([ended.finishedCount, ended.failedCount], [2, 0]);
  assert.ok(ended.finishedAt);
  const [max, ada] = await results(trial);
  assert.equal(max?.subject, toTypeId("contact", await contactId("max")));
  assert.deepEqual([max?.before, max?.after, max?.similarity], [
    "max@example.com",
    "max@example.com",
    1,
  ]);
  // 3 of 15 characters differ.
  assert.deepEqual([ada?.before, ada?.after], ["ada@example.com", "ada@example.org"]);
  assert.ok(Math.abs((ada?.similarity ?? 0) - 12 / 15) < 1e-6);
  assert.ok(Math.abs((ended.meanSimilarity ?? 0) - 27 / 30) < 1e-6);
  assert.ok((ada?.costMicros ?? 0) > 0);
  assert.equal(ended.costMicros, (max?.costMicros ?? 0) + (ada?.costMicros ?? 0));
  assert.deepEqual(reports.map(({ total, processed }) => [total, processed]), [
    [2, 0],
    [2, 1],
    [2, 2],
  ]);
  assert.equal(server.asks.length, 2);
  // It sends nothing and changes no other object.
  const after = await countOrganizationRows(services.db, organization.id);
  const added = Object.keys(after).filter((table) => after[table] !== before[table]);
  assert.deepEqual(added, ["ai_calls", "jobs", "prompt_trial_results", "prompt_trials"]);
});

onEveryTrials(
  "startPromptTrial() refuses invalid versions, sizes and prompts without past inputs",
  async (given) => {
    const { services, organization: { member }, add, start, estimate } = given;
    await assert.rejects(start(), conflict("NOT_STARTABLE"));
    await add("ada");
    await assert.rejects(start(20, member), ForbiddenError);
    for (const size of [0, 101, 1.5]) {
      assert.deepEqual(await issuesOf(() => start(size)), [
        `sampleSize ${size === 1.5 ? "MALFORMED" : "OUT_OF_RANGE"}`,
      ]);
    }
    const other = await createOrganization(services.db, "Other");
    await assert.rejects(start(20, other.admin), NotFoundError);
    await assert.rejects(estimate(newId()), NotFoundError);
  },
);

onEveryTrials("one trial of a prompt runs at a time", async (given) => {
  const { services, organization: { admin }, add, start } = given;
  await add("ada");
  const started = await Promise.allSettled([start(), start(), start()]);
  const trials = started.flatMap((result) => result.status === "fulfilled" ? [result.value] : []);
  assert.equal(trials.length, 1);
  await assert.rejects(start(), conflict("ALREADY_RUNNING"));
  await cancelJob(services, admin, trials[0]?.jobId ?? "");
  assert.notEqual((await start()).id, trials[0]?.id);
});

onEveryTrials(
  "the cost of a trial is estimated from the newest calls of the prompt",
  async (given) => {
    const { services, organization: { id: organizationId }, add, start, estimate } = given;
    await add("ada", "max");
    assert.deepEqual((await estimate()).cost, null);
    for (const [input, output] of [[1_000, 100], [3_000, 300]] as const) {
      const call = await reserve(services, newCall(organizationId));
      await settleCall(services, call, answered(input, output));
    }
    // Two calls of 2,000 input tokens at 0.4 and 200 output tokens at 1.6 USD per million.
    const { cost, sampleCount } = await estimate();
    assert.deepEqual([cost, sampleCount], [usd("0.00224"), 2]);
    assert.equal((await start()).estimatedCost, "0.00224");
  },
);

onEveryTrials(
  "an invalid answer is the result of its input, and the others follow",
  async (given) => {
    const { server, add, start, run, read, results } = given;
    await add("ada", "max");
    server.settings.reply = (_ask, index) => answerWith(index < 2 ? "none" : "ada@example.com");
    const trial = await start();
    assert.equal((await run(trial)).kind, "done");
    const [max, ada] = await results(trial);
    assert.deepEqual([max?.error?.type, max?.after], ["INVALID_ANSWER", null]);
    assert.match(max?.error?.message ?? "", /email: has no @/);
    assert.equal(ada?.after, "ada@example.com");
    const { failedCount, meanSimilarity, costMicros } = await read(trial);
    assert.deepEqual([failedCount, meanSimilarity], [1, 1]);
    assert.equal(costMicros, (max?.costMicros ?? 0) + (ada?.costMicros ?? 0));
  },
);

onEveryTrials("a later attempt continues after the last result", async (given) => {
  const { server, add, start, run, read } = given;
  await add("ada", "max", "cleo");
  server.settings.reply = (_ask, index) =>
    index === 1 ? { status: 500, error: { message: "Broken" } } : answerWith("a@example.com");
  const trial = await start();
  await assert.rejects(run(trial), (error) => error instanceof JobFailure);
  const { finishedCount, finishedAt } = await read(trial);
  assert.deepEqual([finishedCount, finishedAt], [1, null]);
  assert.equal((await run(trial)).kind, "done");
  assert.equal((await read(trial)).finishedCount, 3);
  // The first input was not asked again.
  assert.equal(server.asks.length, 4);
});

onEveryTrials("a trial waits while the budget is used up", async (given) => {
  const { services, organization: { admin }, server, add, start, run, read } = given;
  await add("ada");
  await updateBudget(services, admin, {
    perDay: usd("0.000001"),
    warnAtFraction: 0.8,
    timezone: "UTC",
  });
  const trial = await start();
  const outcome = await run(trial);
  assert.equal(outcome.kind === "snooze" && outcome.wait?.reason, "BUDGET");
  assert.equal(server.asks.length, 0);
  assert.equal((await read(trial)).finishedCount, 0);
});

onEveryTrials("an aborted trial keeps its results", async (given) => {
  const { server, add, start, run, read } = given;
  await add("ada", "max");
  const controller = new AbortController();
  server.settings.reply = (_ask, index) => {
    if (index === 1) controller.abort(new Error("cancelled"));
    return answerWith("a@example.com");
  };
  const trial = await start();
  await assert.rejects(run(trial, controller.signal));
  assert.ok((await read(trial)).finishedCount >= 1);
  assert.equal((await read(trial)).finishedAt, null);
});

onEveryTrials(
  "the results of a contact are erased with it, also while the model answers",
  async (given) => {
    const { services, organization: { admin, id }, server, add, contactId, start, run, results } =
      given;
    await add("ada", "max");
    const trial = await start();
    const erase = async (name: string) => {
      const contact = await contactId(name);
      await eraseContact(services, admin, contact);
      await eraseContactRows(services, id, contact, 10, () => {});
    };
    server.settings.reply = async (_ask, index) => {
      if (index === 0) await erase("max");
      return answerWith("a@example.com");
    };
    assert.equal((await run(trial)).kind, "done");
    assert.deepEqual((await results(trial)).map(({ before }) => before), ["ada@example.com"]);
    await erase("ada");
    assert.deepEqual(await results(trial), []);
  },
);

const AGE = statement<[id: string]>(
  "test.ageTrial",
  "update prompt_trials set created_at = created_at - interval '91 days' where id = $1",
);

onEveryTrials("pruneTrials() deletes trials after 90 days", async (given) => {
  const { services, organization: { id }, add, start, run, read } = given;
  await add("ada");
  const trial = await start();
  await run(trial);
  await pruneTrials(services, null);
  await read(trial);
  await services.db.run(AGE, trial.id);
  await pruneTrials(services, newId());
  await read(trial);
  await pruneTrials(services, id);
  await assert.rejects(read(trial), NotFoundError);
});

onEveryTrials("a rate limit makes the trial wait or retry, and loses nothing", async (given) => {
  const { server, add, start, run, read } = given;
  await add("ada");
  server.settings.reply = (_ask, index) =>
    index === 0 ? rateLimited(7) : answerWith("a@example.com");
  const trial = await start();
  const outcome = await run(trial).catch((error) => error);
  const waitMs = outcome instanceof JobFailure ? outcome.options.retryAfterMs : outcome.delayMs;
  // The circuit counts the wait from its own failure, so some of the 7 s may have passed.
  assert.ok(waitMs > 5_000 && waitMs < 9_000, String(waitMs));
  assert.equal((await read(trial)).finishedCount, 0);
});
