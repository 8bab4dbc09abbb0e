import assert from "node:assert/strict";
import { type Caller, SYSTEM_ORGANIZATION_ID } from "../../../src/domain/access/access.ts";
import { NotFoundError } from "../../../src/domain/errors.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { listJobs } from "../../../src/domain/jobs/list.ts";
import { rescueOrphans } from "../../../src/domain/jobs/lease.ts";
import { retryJob } from "../../../src/domain/jobs/retry.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { resolveProblem } from "../../../src/domain/problems/decide.ts";
import { listAffected, listExamples, readTrends } from "../../../src/domain/problems/details.ts";
import { listProblems } from "../../../src/domain/problems/list.ts";
import { rollUpProblems } from "../../../src/domain/problems/roll_up.ts";
import { createOrganization } from "../../support/callers.ts";
import { addJob, addWorker, claimWork, endOf, expireLease } from "../../support/jobs.ts";
import { failJobs, problemOf, problemsOf } from "../../support/problems.ts";
import { onEveryQueue } from "../../support/queue.ts";

onEveryQueue("failed jobs with one cause are one problem", async (queue) => {
  const { services, organization: { admin } } = queue;
  const texts = ["No answer from 10.0.0.1 in 5 s", "No answer from 10.0.0.2 in 7 s"];
  const ids = await failJobs(queue, texts);
  const [other = ""] = await failJobs(queue, ["Refused"]);
  const problems = await problemsOf(queue);
  assert.deepEqual(
    problems.map(({ pattern, count, affectedCount }) => [pattern, count, affectedCount]),
    [["Refused", 1, 1], ["No answer from … in … s", 2, 2]],
  );
  const [refused, problem] = problems;
  assert.ok(problem && refused);
  const { source, origin, state, code, errorType, reopenedAt } = problem;
  assert.deepEqual(
    { source, origin, state, code, errorType, reopenedAt },
    {
      source: "JOB",
      origin: "work",
      state: "OPEN",
      code: "ETIMEDOUT",
      errorType: "NETWORK",
      reopenedAt: null,
    },
  );
  const typeIds = ids.map((id) => toTypeId("job", id)).sort();
  const examples = (await listExamples(services, problem, {})).edges.map(({ node }) => node);
  assert.deepEqual(examples.map(({ message }) => message).sort(), texts);
  assert.deepEqual(examples.map(({ subject }) => subject).sort(), typeIds);
  const affected = (await listAffected(services, problem, {})).edges.map(({ node }) => node);
  assert.deepEqual(affected.map(({ subject, count }) => [subject, count]).sort(), [
    [typeIds[0], 1],
    [typeIds[1], 1],
  ]);
  for (const [problemId, jobs] of [[problem.id, ids.toSorted()], [refused.id, [other]]] as const) {
    const { edges } = await listJobs(services, admin, { problemId }, "CREATED_ASC", {});
    assert.deepEqual(edges.map(({ node }) => node.id), jobs);
  }
});

onEveryQueue("only the OPERATOR sees and resolves problems of the system's jobs", async (queue) => {
  const { services, organization: { admin, operator } } = queue;
  const system = { ...queue.organization, id: SYSTEM_ORGANIZATION_ID };
  const [own = ""] = await failJobs(queue, ["No answer"]);
  const [built = ""] = await failJobs({ services, organization: system }, ["No answer"]);
  await rollUpProblems(services);
  const seenBy = async (caller: Caller) =>
    (await listProblems(services, caller, {}, {})).edges.map(({ node }) => node);
  assert.deepEqual((await seenBy(admin)).map(({ organizationId }) => organizationId), [
    admin.organizationId,
  ]);
  const problems = await seenBy(operator);
  assert.equal(problems.length, 2);
  for (const { id, organizationId } of problems) {
    const { edges } = await listJobs(services, operator, { problemId: id }, "CREATED_ASC", {});
    const expected = organizationId === SYSTEM_ORGANIZATION_ID ? built : own;
    assert.deepEqual(edges.map(({ node }) => node.id), [expected]);
  }
  const { id = "" } = problems.find(({ organizationId }) => organizationId === system.id) ?? {};
  await assert.rejects(resolveProblem(services, admin, id, null), NotFoundError);
  assert.equal((await resolveProblem(services, operator, id, null)).state, "RESOLVED");
});

onEveryQueue("each failed attempt of a job counts, and the job once", async (queue) => {
  const { db, services, organization: { id, admin } } = queue;
  const [jobId = ""] = await failJobs(queue, ["No answer"]);
  await retryJob(services, admin, jobId);
  const [job] = await claimWork(services, await addWorker(services), id);
  assert.ok(job);
  const error = { type: "NETWORK", code: "ETIMEDOUT", message: "No answer" };
  await settleJobs(db, [endOf(job, { outcome: "retry", error })]);
  const { count, affectedCount } = await problemOf(queue);
  assert.deepEqual({ count, affectedCount }, { count: 2, affectedCount: 1 });
});

onEveryQueue("a job that succeeds, waits or is cancelled reports nothing", async (queue) => {
  const error = { type: "NETWORK", code: null, message: "No answer" };
  await failJobs(queue, ["", ""], { outcome: "done", error: null });
  await failJobs(queue, [""], { outcome: "cancel", error });
  await failJobs(queue, [""], { outcome: "snooze", delayMs: 60_000, error: null });
  assert.deepEqual(await problemsOf(queue), []);
});

onEveryQueue("a job that fails for another reason leaves its first problem", async (queue) => {
  const { db, services, organization: { id, admin } } = queue;
  const [jobId = ""] = await failJobs(queue, ["No answer"]);
  const first = await problemOf(queue);
  await retryJob(services, admin, jobId);
  const [job] = await claimWork(services, await addWorker(services), id);
  assert.ok(job);
  await settleJobs(db, [endOf(job)]);
  const { edges } = await listJobs(services, admin, { problemId: first.id }, "CREATED_ASC", {});
  assert.deepEqual(edges, []);
});

onEveryQueue(
  "jobs whose worker died are one problem, whatever their number of crashes",
  async (queue) => {
    const { db, services, organization } = queue;
    for (const _ of [1, 2]) {
      await addJob(db, organization.id);
      const worker = await addWorker(services);
      await claimWork(services, worker, organization.id);
      await expireLease(db, worker);
      await rescueOrphans(services);
    }
    const { errorType, count, affectedCount, pattern } = await problemOf(queue);
    assert.deepEqual({ errorType, pattern }, {
      errorType: "CRASHED",
      pattern: "The worker died while it ran this job",
    });
    assert.ok(count >= 2 && affectedCount === 2, `${count} crashes of ${affectedCount} jobs`);
  },
);

onEveryQueue("a problem keeps its last ten failures as examples", async (queue) => {
  await failJobs(queue, Array.from({ length: 8 }, () => "No answer from 1"));
  await problemOf(queue);
  await failJobs(queue, Array.from({ length: 7 }, () => "No answer from 2"));
  const problem = await problemOf(queue);
  const { edges } = await listExamples(queue.services, problem, {});
  const messages = edges.map(({ node }) => node.message);
  assert.deepEqual(messages, [
    ...Array.from({ length: 7 }, () => "No answer from 2"),
    ...Array.from({ length: 3 }, () => "No answer from 1"),
  ]);
});

onEveryQueue("the trend of a problem has every hour, also without failures", async (queue) => {
  await failJobs(queue, ["No answer", "No answer"]);
  const { id } = await problemOf(queue);
  const trend = (await readTrends(queue.services, [id], 5)).get(id) ?? [];
  assert.equal(trend.length, 5);
  assert.equal(trend.reduce((sum, { count }) => sum + count, 0), 2);
  const hours = trend.map(({ at }) => at.getTime() / 3_600_000);
  assert.deepEqual(hours, hours.map((_, n) => (hours[0] ?? 0) + n));
});

onEveryQueue("problems of another organization are not mixed in", async (queue) => {
  const other = { ...queue, organization: await createOrganization(queue.db) };
  await failJobs(queue, ["No answer"]);
  const [otherJob = ""] = await failJobs(other, ["No answer"]);
  const problem = await problemOf(queue);
  assert.equal(problem.count, 1);
  const { services, organization: { admin } } = other;
  const foreign = await listJobs(services, admin, { problemId: problem.id }, "CREATED_ASC", {});
  assert.deepEqual(foreign.edges, []);
  const { id } = await problemOf(other);
  const own = await listJobs(services, admin, { problemId: id }, "CREATED_ASC", {});
  assert.deepEqual(own.edges.map(({ node }) => node.id), [otherJob]);
});
