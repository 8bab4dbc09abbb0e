import { graphql } from "../api/graphql.ts";
import { liveListOf } from "../kit/live_list.ts";
import { JobFields } from "./job_fields.ts";

/** Reads a page of jobs. */
export const JobsQuery = graphql(
  `
  query Jobs($filter: JobFilter, $first: Int, $after: String) {
    jobs(filter: $filter, first: $first, after: $after) {
      nodes { ...JobFields }
      totalCount
      pageInfo { hasNextPage endCursor }
    }
  }
`,
  [JobFields],
);

const JobsUpdated = graphql(
  `
  subscription JobsUpdated($filter: JobFilter) {
    jobsUpdated(filter: $filter) { reset changed { ...JobFields } removedIds }
  }
`,
  [JobFields],
);

/** The live list of jobs, newest first. */
export const JOBS = liveListOf({
  query: JobsQuery,
  page: ({ jobs }) => jobs,
  subscription: JobsUpdated,
  changes: ({ jobsUpdated }) => jobsUpdated,
});
