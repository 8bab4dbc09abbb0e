import assert from "node:assert/strict";
import { settleJobs, type Settlement } from "../../../src/domain/jobs/settle.ts";
import { listJobs } from "../../../src/domain/jobs/list.ts";
import { listAffected, listExamples, readTrends } from "../../../src/domain/problems/details.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { listProblems } from "../../../src/domain/problems/list.ts";
import type { Problem } from "../../../src/domain/problems/problem.ts";
import { rollUpProblems } from "../../../src/domain/problems/roll_up.ts";
import type { Services } from "../../../src/domain/services.ts";
import type { TestOrganization } from "../../support/callers.ts";
import { addJobs, addWorker, claimWork, endOf } from "../../support/jobs.ts";
import { onEveryQueue, type TestQueue } from "../../support/queue.ts";

/** Fails one job for each message; returns the ids of the jobs. */
async function failJobs(
  { db, services, organization }: Pick<TestQueue, "db" | "services" | "organization">,
  messages: readonly string[],
  overrides: Partial<Settlement> = {},
): Promise<string[]> {
  const worker = await addWorker(services);
  await addJobs(db, organization.id, messages.length);
  const jobs = await claimWork(services, worker, organization.id);
  await settleJobs(
    db,
    jobs.map((job, n) => {
      const error = { type: "NETWORK", code: "ETIMEDOUT", message: messages[n] ?? "" };
      return endOf(job, { outcome: "fail", error, ...overrides });
    }),
  );
  return jobs.map(({ id }) => id);
}

async function problemsOf(
  services: Services,
  { admin }: TestOrganization,
): Promise<Problem[]> {
  await rollUpProblems(services);
  return (await listProblems(services, admin, {}, {})).edges.map(({ node }) => node);
}

onEveryQueue("failures of jobs with one cause are one problem", async (queue) => {
  const { services, organization } = queue;
  const texts = ["No answer from 10.0.0.1 in 5 s", "No answer from 10.0.0.2 in 7 s"];
  const ids = await failJobs(queue, texts);
  const [other = ""] = await failJobs(queue, ["Refused"]);
  const problems = await problemsOf(services, organization);
  assert.deepEqual(
    problems.map(({ pattern, count, affectedCount, source, origin, state, code, errorType }) => ({
      pattern,
      count,
      affectedCount,
      source,
      origin,
      state,
      code,
      errorType,
    })),
    [["Refused", 1], ["No answer from … in … s", 2]].map(([pattern, count]) => ({
      pattern,
      count,
      affectedCount: count,
      source: "JOB",
      origin: "work",
      state: "OPEN",
      code: "ETIMEDOUT",
      errorType: "NETWORK",
    })),
  );
  const [, problem] = problems;
  assert.ok(problem);
  const examples = (await listExamples(services, problem, {})).edges.map(({ node }) => node);
  assert.deepEqual(examples.map(({ message }) => message).sort(), texts);
  assert.deepEqual(
    examples.map(({ subject }) => subject).sort(),
    ids.map((id) => toTypeId("job", id)).sort(),
  );
  const affected = (await listAffected(services, problem, {})).edges.map(({ node }) => node);
  assert.deepEqual(affected.map(({ count }) => count), [1, 1]);
  const trend = (await readTrends(services, [problem.id], 3)).get(problem.id) ?? [];
  assert.equal(trend.length, 3);
  assert.equal(trend.reduce((sum, { count }) => sum + count, 0), 2);
  const failed = await listJobs(
    services,
    organization.admin,
    { problemId: problem.id },
    "CREATED_ASC",
    {},
  );
  assert.deepEqual(failed.edges.map(({ node }) => node.id), ids.toSorted());
  const others = await listJobs(
    services,
    organization.admin,
    { problemId: problems[0]?.id },
    "CREATED_ASC",
    {},
  );
  assert.deepEqual(others.edges.map(({ node }) => node.id), [other]);
});
