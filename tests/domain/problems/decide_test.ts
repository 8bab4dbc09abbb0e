import assert from "node:assert/strict";
import { ForbiddenError, InvalidInputError, NotFoundError } from "../../../src/domain/errors.ts";
import { newId } from "../../../src/domain/id.ts";
import { ignoreProblem, resolveProblem } from "../../../src/domain/problems/decide.ts";
import { readDecisions } from "../../../src/domain/problems/decisions.ts";
import { findProblems, listProblems } from "../../../src/domain/problems/list.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { rollUpProblems } from "../../../src/domain/problems/roll_up.ts";
import { pruneProblems } from "../../../src/domain/problems/prune.ts";
import { createOrganization } from "../../support/callers.ts";
import {
  ageProblems,
  failJobs,
  failuresOf,
  problemOf,
  problemsOf,
} from "../../support/problems.ts";
import { onEveryQueue, onPostgresQueue } from "../../support/queue.ts";

onEveryQueue(
  "a resolved problem is OPEN again at its next failure, with the time",
  async (queue) => {
    const { services, organization: { admin } } = queue;
    await failJobs(queue, ["No answer"]);
    const { id } = await problemOf(queue);
    const resolved = await resolveProblem(services, admin, id, "Restarted the server");
    assert.equal(resolved.state, "RESOLVED");
    assert.deepEqual([resolved.changedBy, resolved.note], ["ada", "Restarted the server"]);
    assert.equal((await problemOf(queue)).state, "RESOLVED");
    await failJobs(queue, ["No answer"]);
    const { state, reopenedAt, lastSeenAt, count, note } = await problemOf(queue);
    assert.deepEqual({ state, count, note }, {
      state: "OPEN",
      count: 2,
      note: "Restarted the server",
    });
    assert.deepEqual(reopenedAt, lastSeenAt);
  },
);

onEveryQueue("a failure before the problem was resolved does not open it again", async (queue) => {
  const { services, organization: { admin } } = queue;
  await failJobs(queue, ["No answer"]);
  const { id } = await problemOf(queue);
  await failJobs(queue, ["No answer"]);
  await resolveProblem(services, admin, id, null);
  const { state, count } = await problemOf(queue);
  assert.deepEqual({ state, count }, { state: "RESOLVED", count: 2 });
});

onEveryQueue("an ignored problem without an end stays ignored", async (queue) => {
  const { services, organization: { admin } } = queue;
  await failJobs(queue, ["No answer"]);
  const { id } = await problemOf(queue);
  await ignoreProblem(services, admin, id, { note: "Known" });
  await failJobs(queue, ["No answer"]);
  const { state, count, reopenedAt } = await problemOf(queue);
  assert.deepEqual({ state, count, reopenedAt }, { state: "IGNORED", count: 2, reopenedAt: null });
});

onEveryQueue("an ignored problem is OPEN again at its time", async (queue) => {
  const { db, services, organization: { admin } } = queue;
  await failJobs(queue, ["No answer"]);
  const { id } = await problemOf(queue);
  const until = new Date(Date.now() + 60 * 60_000);
  const ignored = await ignoreProblem(services, admin, id, { until });
  assert.deepEqual(ignored.ignoredUntil, until);
  assert.equal((await problemOf(queue)).state, "IGNORED");
  await ageProblems(db, 2);
  const { state, reopenedAt, ignoredUntil } = await problemOf(queue);
  assert.deepEqual({ state, ignoredUntil }, { state: "OPEN", ignoredUntil: null });
  assert.deepEqual(reopenedAt, new Date(until.getTime() - 2 * 60 * 60_000));
});

onEveryQueue("an ignored problem is OPEN again past its failures per hour", async (queue) => {
  const { db, services, organization: { admin } } = queue;
  await failJobs(queue, ["No answer", "No answer", "No answer"]);
  const { id } = await problemOf(queue);
  await ignoreProblem(services, admin, id, { perHour: 2 });
  await failJobs(queue, ["No answer", "No answer"]);
  assert.equal((await problemOf(queue)).state, "IGNORED");
  // In another hour the count starts again.
  await ageProblems(db, 1);
  await failJobs(queue, ["No answer", "No answer"]);
  assert.equal((await problemOf(queue)).state, "IGNORED");
  await failJobs(queue, ["No answer"]);
  const { state, ignoredPerHour, reopenedAt } = await problemOf(queue);
  assert.deepEqual({ state, ignoredPerHour }, { state: "OPEN", ignoredPerHour: null });
  assert.ok(reopenedAt);
});

onEveryQueue("the decisions about a problem are kept, with their notes", async (queue) => {
  const { services, organization: { admin } } = queue;
  await failJobs(queue, ["No answer"]);
  const { id } = await problemOf(queue);
  await resolveProblem(services, admin, id, "Restarted the server");
  await failJobs(queue, ["No answer"]);
  const { reopenedAt } = await problemOf(queue);
  const { changedAt } = await ignoreProblem(services, admin, id, { perHour: 5, note: "Known" });
  const decisions = (await readDecisions(services, [id])).get(id) ?? [];
  assert.deepEqual(
    decisions.map(({ state, userId, note, perHour }) => [state, userId, note, perHour]),
    [
      ["IGNORED", "ada", "Known", 5],
      ["OPEN", null, null, null],
      ["RESOLVED", "ada", "Restarted the server", null],
    ],
  );
  assert.deepEqual(decisions.slice(0, 2).map(({ at }) => at), [changedAt, reopenedAt]);
  await ageProblems(services.db, 91 * 24);
  await pruneProblems(services);
  assert.equal((await readDecisions(services, [id])).size, 0);
});

onEveryQueue("only an ADMIN of the organization sees and changes problems", async (queue) => {
  const { db, services, organization: { admin, member } } = queue;
  await failJobs(queue, ["No answer"]);
  const { id } = await problemOf(queue);
  const stranger = (await createOrganization(db)).admin;
  await assert.rejects(listProblems(services, member, {}, {}), ForbiddenError);
  await assert.rejects(resolveProblem(services, member, id, null), ForbiddenError);
  await assert.rejects(ignoreProblem(services, member, id, {}), ForbiddenError);
  assert.deepEqual(await findProblems(services, member, [id]), []);
  assert.deepEqual(await findProblems(services, stranger, [id]), []);
  await assert.rejects(resolveProblem(services, stranger, id, null), NotFoundError);
  await assert.rejects(ignoreProblem(services, stranger, id, {}), NotFoundError);
  await assert.rejects(resolveProblem(services, admin, newId(), null), NotFoundError);
  assert.equal((await problemOf(queue)).state, "OPEN");
});

onEveryQueue("invalid rules and notes are refused, and change nothing", async (queue) => {
  const { services, organization: { admin } } = queue;
  await failJobs(queue, ["No answer"]);
  const { id } = await problemOf(queue);
  const past = new Date(Date.now() - 1_000);
  await assert.rejects(
    ignoreProblem(services, admin, id, { until: past, perHour: 0, note: "x".repeat(2_001) }),
    (error) => {
      assert.ok(error instanceof InvalidInputError);
      const paths = error.issues.map(({ path, code }) => `${path.join(".")} ${code}`);
      assert.deepEqual(paths.sort(), [
        "input.note TOO_LONG",
        "input.perHour OUT_OF_RANGE",
        "input.until OUT_OF_RANGE",
      ]);
      return true;
    },
  );
  await assert.rejects(resolveProblem(services, admin, id, "a\0b"), InvalidInputError);
  assert.equal((await problemOf(queue)).state, "OPEN");
});

onEveryQueue("the list of problems is filtered by state, source, text and time", async (queue) => {
  const { services, organization: { admin } } = queue;
  await failJobs(queue, ["No answer", "50 % full_disk"]);
  const [first, second] = await problemsOf(queue);
  assert.ok(first && second);
  await resolveProblem(services, admin, first.id, null);
  const idsOf = async (filter: Parameters<typeof problemsOf>[1]) =>
    (await problemsOf(queue, filter)).map(({ id }) => id).sort();
  const both = [first.id, second.id].sort();
  assert.deepEqual(await idsOf({ states: ["OPEN"] }), [second.id]);
  assert.deepEqual(await idsOf({ states: ["RESOLVED", "OPEN"] }), both);
  assert.deepEqual(await idsOf({ sources: ["DELIVERY"] }), []);
  assert.deepEqual(await idsOf({ sources: ["JOB"] }), both);
  const disk = [first, second].filter(({ pattern }) => pattern.includes("disk")).map(({ id }) =>
    id
  );
  assert.deepEqual(await idsOf({ search: "FULL_D" }), disk);
  assert.deepEqual(await idsOf({ search: "%" }), disk);
  assert.deepEqual(await idsOf({ search: "timedout" }), both);
  assert.deepEqual(await idsOf({ since: new Date(Date.now() + 60_000) }), []);
});

onEveryQueue("problems are kept for 90 days after their last failure", async (queue) => {
  const { db, services } = queue;
  await failJobs(queue, ["No answer"]);
  const { id } = await problemOf(queue);
  await ageProblems(db, 89 * 24);
  await pruneProblems(services);
  assert.equal((await problemOf(queue)).id, id);
  await ageProblems(db, 48);
  await failJobs(queue, ["Refused"]);
  await pruneProblems(services);
  assert.equal((await problemOf(queue)).pattern, "Refused");
});

onPostgresQueue("two processes report the same new failure without waiting", async (queue) => {
  const { db } = queue;
  const [a, b] = [await failuresOf(queue, ["No answer"]), await failuresOf(queue, ["No answer"])];
  await db.transaction(async (tx) => {
    await settleJobs(tx, a);
    // On another connection, while the first transaction is open.
    await settleJobs(db, b);
    assert.equal((await problemOf(queue)).count, 1);
  });
  const { count, affectedCount } = await problemOf(queue);
  assert.deepEqual({ count, affectedCount }, { count: 2, affectedCount: 2 });
});

onPostgresQueue("processes that count at the same time count each failure once", async (queue) => {
  const texts = Array.from({ length: 50 }, (_, n) => `Cause ${"abcde"[n % 5]} of ${n}`);
  const failures = await failuresOf(queue, [...texts, ...texts, ...texts, ...texts]);
  await Promise.all(failures.map(async (failure) => {
    await settleJobs(queue.db, [failure]);
    await rollUpProblems(queue.services);
  }));
  const problems = await problemsOf(queue);
  assert.deepEqual(problems.map(({ count, affectedCount }) => [count, affectedCount]), [
    [40, 40],
    [40, 40],
    [40, 40],
    [40, 40],
    [40, 40],
  ]);
});
