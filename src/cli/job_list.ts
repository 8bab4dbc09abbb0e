import { ago } from "./format.ts";
import { graphql, type ResultOf } from "./graphql.ts";
import { type Column, type JsonFlag, printMore, printRows } from "./rows.ts";
import { Server } from "./server.ts";

const JOBS = graphql(`
  query CliJobs($filter: JobFilter!, $first: Int!) {
    jobs(filter: $filter, first: $first) {
      nodes {
        id kind lane status attemptCount maxAttempts runAt createdAt finishedAt
        error { type code message }
        waitingFor { text }
      }
      pageInfo { hasNextPage }
    }
  }
`);

type Job = ResultOf<typeof JOBS>["jobs"]["nodes"][number];

const COLUMNS: readonly Column<Job>[] = [
  { name: "id", value: ({ id }) => id },
  { name: "kind", value: ({ kind }) => kind },
  { name: "lane", value: ({ lane }) => lane },
  { name: "created", value: ({ createdAt }) => createdAt, text: ({ createdAt }) => ago(createdAt) },
  {
    name: "attempts",
    value: ({ attemptCount }) => attemptCount,
    text: ({ attemptCount, maxAttempts }) => `${attemptCount}/${maxAttempts}`,
    align: "right",
  },
  {
    name: "error",
    value: ({ error }) => error,
    text: ({ error }) => error ? `${error.type} ${error.message}` : "–",
  },
];
const DUE: Column<Job> = {
  name: "due",
  value: ({ runAt }) => runAt,
  text: ({ runAt }) => ago(runAt),
};
const WAITS: Column<Job> = { name: "waitingFor", value: ({ waitingFor }) => waitingFor?.text };
const FINISHED: Column<Job> = {
  name: "finished",
  value: ({ finishedAt }) => finishedAt,
  text: ({ finishedAt }) => ago(finishedAt),
};

/** Options of the lists of jobs. */
export interface JobListFlags {
  readonly limit: number;
  readonly json?: JsonFlag;
}

/** Prints the unfinished jobs, newest first. */
export async function printPendingJobs(flags: JobListFlags): Promise<void> {
  const { jobs } = await new Server().query(JOBS, { filter: { active: true }, first: flags.limit });
  const columns = [...COLUMNS, DUE, WAITS];
  printRows(jobs.nodes, columns, { json: flags.json, empty: "No job is waiting or running." });
  printMore(jobs.pageInfo.hasNextPage, flags);
}

/** Prints the failed jobs, newest first. */
export async function printFailedJobs(flags: JobListFlags): Promise<void> {
  const filter = { statuses: ["FAILED" as const] };
  const { jobs } = await new Server().query(JOBS, { filter, first: flags.limit });
  printRows(jobs.nodes, [...COLUMNS, FINISHED], { json: flags.json, empty: "No job has failed." });
  printMore(jobs.pageInfo.hasNextPage, flags);
}
