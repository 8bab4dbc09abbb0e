import {
  type JobKindStats,
  type JobPoint,
  readJobSeries,
  readJobStats,
} from "../../src/domain/jobs/analytics.ts";
import { checkPeriod, type Period } from "../../src/domain/period.ts";
import { builder } from "../kit/builder.ts";
import { seriesArgs } from "../kit/time_bucket.ts";
import { JobKind } from "./enums.ts";

const JobKindStatsObject = builder.objectRef<JobKindStats>("JobKindStats").implement({
  description: "Results of the jobs of one kind that ended in a period.",
  fields: (t) => ({
    kind: t.expose("kind", { type: JobKind, description: "Kind of the jobs." }),
    completed: t.exposeInt("completed", { description: "Number of jobs that became COMPLETED." }),
    failed: t.exposeInt("failed", {
      description: "Number of jobs that became FAILED, those that timed out included.",
    }),
    timedOut: t.exposeInt("timedOut", {
      description: "Number of jobs that became FAILED with error type TIMEOUT.",
    }),
    successFraction: t.float({
      description: "`completed` / (`completed` + `failed`), 0 to 1.",
      resolve: ({ completed, failed }) => completed / (completed + failed),
    }),
    p50Ms: t.exposeInt("p50Ms", {
      description: "Median duration of the last attempts, in milliseconds, exact to 10 %.",
    }),
    p95Ms: t.exposeInt("p95Ms", {
      description:
        "95th percentile of the duration of the last attempts, in milliseconds, exact to 10 %.",
    }),
  }),
});

const JobPointObject = builder.objectRef<JobPoint>("JobPoint").implement({
  description: "Numbers of jobs that ended in one interval of a series.",
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime", description: "Start of the interval." }),
    completed: t.exposeInt("completed", { description: "Number of jobs that became COMPLETED." }),
    failed: t.exposeInt("failed", { description: "Number of jobs that became FAILED." }),
  }),
});

const JobAnalytics = builder.objectRef<Period>("JobAnalytics").implement({
  description: "Results of the jobs that ended in a period and that the caller may see.",
  fields: (t) => ({
    byKind: t.field({
      type: [JobKindStatsObject],
      description: "Results by kind, most jobs first; kinds without jobs are left out.",
      resolve: (period, _args, { services, caller }) => readJobStats(services, caller, period),
    }),
    series: t.field({
      type: [JobPointObject],
      description:
        "Results over time, oldest interval first, empty intervals included. More than 2,000 " +
        "intervals are an InvalidInputError.",
      complexity: 20,
      args: seriesArgs,
      resolve: (period, { bucket, timezone }, { services, caller }) =>
        readJobSeries(services, caller, period, bucket, timezone ?? "UTC"),
    }),
  }),
});

builder.queryField("jobAnalytics", (t) =>
  t.field({
    type: JobAnalytics,
    description:
      "Results of the jobs that ended in a period: of the caller's own for a MEMBER, else of all of " +
      "the organization. They are kept for 90 days, and are counted by the minute for two days, by " +
      "the hour before that. A job that is retried after its end counts at each of its ends.",
    complexity: 20,
    args: {
      from: t.arg({
        type: "DateTime",
        required: true,
        description: "Start of the period, rounded down to the minute.",
      }),
      to: t.arg({
        type: "DateTime",
        required: true,
        description: "End of the period, exclusive; must be later than `from`.",
      }),
    },
    resolve: (_root, period) => {
      checkPeriod(period);
      return period;
    },
  }));
