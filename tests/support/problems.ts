import assert from "node:assert/strict";
import { type Connection, statement } from "../../src/db/database.ts";
import { settleJobs, type Settlement } from "../../src/domain/jobs/settle.ts";
import { listProblems, type ProblemFilter } from "../../src/domain/problems/list.ts";
import type { Problem } from "../../src/domain/problems/problem.ts";
import { rollUpProblems } from "../../src/domain/problems/roll_up.ts";
import type { Services } from "../../src/domain/services.ts";
import type { TestOrganization } from "./callers.ts";
import { addJobs, addWorker, claimWork, endOf } from "./jobs.ts";

/** An organization whose jobs fail. */
export interface Failing {
  readonly services: Services;
  readonly organization: TestOrganization;
}

/** Claims one job for each text, and returns the settlements with which they fail. */
export async function failuresOf(
  { services, organization }: Failing,
  texts: readonly string[],
  overrides: Partial<Settlement> = {},
  kind = "work",
): Promise<Settlement[]> {
  const worker = await addWorker(services);
  await addJobs(services.db, organization.id, texts.length, { kind, topic: "work" });
  const jobs = await claimWork(services, worker, organization.id);
  assert.equal(jobs.length, texts.length);
  return jobs.map((job, n) => {
    const error = { type: "NETWORK", code: "ETIMEDOUT", message: texts[n] ?? "" };
    return endOf(job, { outcome: "fail", error, ...overrides });
  });
}

/** Fails one job for each text; returns the ids of the jobs. */
export async function failJobs(
  failing: Failing,
  texts: readonly string[],
  overrides: Partial<Settlement> = {},
  kind?: string,
): Promise<string[]> {
  const failures = await failuresOf(failing, texts, overrides, kind);
  await settleJobs(failing.services.db, failures);
  return failures.map(({ id }) => id);
}

/** Counts what was reported, and returns the problems of the organization, latest failure first. */
export async function problemsOf(
  { services, organization: { admin } }: Failing,
  filter: ProblemFilter = {},
): Promise<Problem[]> {
  await rollUpProblems(services);
  return (await listProblems(services, admin, filter, {})).edges.map(({ node }) => node);
}

/** As `problemsOf`, where there is exactly one. */
export async function problemOf(failing: Failing): Promise<Problem> {
  const [problem, ...others] = await problemsOf(failing);
  assert.ok(problem);
  assert.deepEqual(others, []);
  return problem;
}

const AGE = statement<[hours: number]>(
  "test.ageProblems",
  `with h as (update problem_hours set hour = hour - $1::int * interval '1 hour'),
     a as (update problem_affected set last_at = last_at - $1::int * interval '1 hour')
   update problems set first_seen_at = first_seen_at - $1::int * interval '1 hour',
     last_seen_at = last_seen_at - $1::int * interval '1 hour',
     changed_at = changed_at - $1::int * interval '1 hour',
     ignored_until = ignored_until - $1::int * interval '1 hour',
     ignored_hour = ignored_hour - $1::int * interval '1 hour'`,
);

/** Moves all times of the problems into the past. */
export async function ageProblems(db: Connection, hours: number): Promise<void> {
  await db.run(AGE, hours);
}
