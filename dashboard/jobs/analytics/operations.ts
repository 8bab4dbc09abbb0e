import { graphql, type ResultOf } from "../../api/graphql.ts";

/** Reads the results of the jobs that ended in a period. */
export const JobAnalyticsQuery = graphql(`
  query JobAnalytics($from: DateTime!, $to: DateTime!, $bucket: TimeBucket!, $timezone: String) {
    jobAnalytics(from: $from, to: $to) {
      byKind { kind completed failed timedOut successFraction p50Ms p95Ms }
      series(bucket: $bucket, timezone: $timezone) { at done: completed failed }
    }
  }
`);

/** Results of the jobs of one kind. */
export type KindStats = ResultOf<typeof JobAnalyticsQuery>["jobAnalytics"]["byKind"][number];

/** Reports that jobs have ended: they leave the list of unfinished jobs. */
export const JobsEnded = graphql(`
  subscription JobsEnded {
    jobsUpdated(filter: { active: true }) { reset removedIds }
  }
`);
