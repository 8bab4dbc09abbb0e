import { isMessageChannel } from "../../src/domain/channel.ts";
import { invalid } from "../../src/domain/errors.ts";
import { isJobKind } from "../../src/domain/jobs/kinds.ts";
import {
  type AffectedObject,
  listAffected,
  listExamples,
  MAX_TREND_HOURS,
  type ProblemCount,
  type ProblemExample,
  readTrends,
} from "../../src/domain/problems/details.ts";
import { MAX_DECISIONS } from "../../src/domain/problems/decisions.ts";
import { explain } from "../../src/domain/problems/explanation.ts";
import { findProblems } from "../../src/domain/problems/list.ts";
import { type Problem, titleOf } from "../../src/domain/problems/problem.ts";
import { builder, type Context } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { batchLoader } from "../kit/loader.ts";
import { toInt } from "../kit/scalars.ts";
import { JobKind } from "../jobs/enums.ts";
import { Channel } from "../messages/enums.ts";
import { decisionsOf, ProblemDecisionObject } from "./decision.ts";
import { ProblemSource, ProblemState } from "./enums.ts";

/** A problem: failures with the same cause. */
export const ProblemNode = builder.loadableNodeRef("Problem", {
  id: { resolve: ({ id }: Problem) => id },
  load: (ids: string[], { services, caller }) => findProblems(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const ProblemCountObject = builder.objectRef<ProblemCount>("ProblemCount").implement({
  description: "Number of failures in one hour.",
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime", description: "Start of the hour." }),
    count: t.int({
      description: "Number of failures in the hour.",
      resolve: ({ count }) => toInt(count),
    }),
  }),
});

const ProblemExampleObject = builder.objectRef<ProblemExample>("ProblemExample").implement({
  description: "One failure of a problem.",
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime", description: "Time of the failure." }),
    message: t.exposeString("message", { description: "Full text of the error." }),
    subject: t.node({
      description: "Delivery, job or webhook call that failed; null if it was deleted.",
      id: ({ subject }) => subject,
    }),
  }),
});

const ProblemAffected = builder.objectRef<AffectedObject>("ProblemAffected").implement({
  description: "Object that a problem affects.",
  fields: (t) => ({
    subject: t.node({
      description:
        "Message of the deliveries, the job, or the webhook endpoint; null if it was deleted.",
      id: ({ subject }) => subject,
    }),
    count: t.int({
      description: "Number of its failures.",
      resolve: ({ count }) => toInt(count),
    }),
    lastSeenAt: t.expose("lastSeenAt", {
      type: "DateTime",
      description: "Time of its last failure.",
    }),
  }),
});

// The number of hours is part of the key, because one operation may ask for several.
const loadTrend = batchLoader(async ({ services }, keys) => {
  const byHours = Map.groupBy(keys, (key) => key.split(" ")[1] ?? "");
  const trends = new Map<string, ProblemCount[]>();
  for (const [hours, ofHours] of byHours) {
    const ids = ofHours.map((key) => key.split(" ")[0] ?? "");
    for (const [id, trend] of await readTrends(services, ids, Number(hours))) {
      trends.set(`${id} ${hours}`, trend);
    }
  }
  return trends;
});

async function trendOf(context: Context, { id }: Problem, hours: number): Promise<ProblemCount[]> {
  if (hours < 1 || hours > MAX_TREND_HOURS) {
    throw invalid(["hours"], "OUT_OF_RANGE", `must be from 1 to ${MAX_TREND_HOURS}, got ${hours}`);
  }
  return await loadTrend(context, `${id} ${hours}`) ?? [];
}

ProblemNode.implement({
  description:
    "Failures of an organization that have the same cause: the same job kind, channel, model or webhook endpoint, error type, " +
    "code and text without its variable parts. Visible to ADMIN and OPERATOR. Kept for 90 days after " +
    "the last failure.",
  fields: (t) => ({
    state: t.expose("state", { type: ProblemState, description: "State of the problem." }),
    source: t.expose("source", { type: ProblemSource, description: "Kind of work that fails." }),
    title: t.string({
      description: "Title for people: the text of the error, with … for its variable parts.",
      resolve: titleOf,
    }),
    kind: t.field({
      type: JobKind,
      nullable: true,
      description: "Kind of the jobs; null unless `source` is JOB.",
      resolve: ({ source, origin }) => source === "JOB" && isJobKind(origin) ? origin : null,
    }),
    channel: t.field({
      type: Channel,
      nullable: true,
      description: "Channel of the deliveries; null unless `source` is DELIVERY.",
      resolve: ({ source, origin }) =>
        source === "DELIVERY" && isMessageChannel(origin) ? origin : null,
    }),
    provider: t.exposeString("provider", {
      nullable: true,
      description:
        "Name of the provider that caused the failure, for the error types ACCESS_TOKEN, RATE_LIMIT and " +
        "NETWORK; null for other types, whose cause is not the provider.",
    }),
    errorType: t.exposeString("errorType", {
      description: "Type of the error, as in `Delivery.error` or `Job.error`.",
    }),
    code: t.exposeString("code", {
      nullable: true,
      description: "Code of the error: 550 5.1.1, ECONNREFUSED …; null if it has none.",
    }),
    meaning: t.string({
      description: "Meaning of the failure, for people.",
      resolve: (problem) => explain(problem).meaning,
    }),
    remedy: t.string({
      description: "Steps that fix it, for people.",
      resolve: (problem) => explain(problem).remedy,
    }),
    count: t.int({
      description:
        "Number of failures: each failed attempt counts. Temporary refusals of one recipient that use " +
        "no attempt, such as greylisting, do not count.",
      resolve: ({ count }) => toInt(count),
    }),
    affectedCount: t.exposeInt("affectedCount", {
      description:
        "Number of different messages (DELIVERY), webhook endpoints (WEBHOOK) or else jobs with such a " +
        "failure.",
    }),
    firstSeenAt: t.expose("firstSeenAt", {
      type: "DateTime",
      description: "Time of the first failure.",
    }),
    lastSeenAt: t.expose("lastSeenAt", {
      type: "DateTime",
      description: "Time of the last failure.",
    }),
    reopenedAt: t.expose("reopenedAt", {
      type: "DateTime",
      nullable: true,
      description:
        "Time it became OPEN again, after it was resolved or ignored; null if it never did.",
    }),
    changedAt: t.expose("changedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time of the last `resolveProblem` or `ignoreProblem`; null: none.",
    }),
    changedBy: t.exposeString("changedBy", {
      nullable: true,
      description:
        "User who resolved or ignored it last; null if none has, or if the caller named no user.",
    }),
    note: t.exposeString("note", {
      nullable: true,
      description: "Note of the last `resolveProblem` or `ignoreProblem`; null: none.",
    }),
    ignoredUntil: t.expose("ignoredUntil", {
      type: "DateTime",
      nullable: true,
      description: "Time at which an IGNORED problem becomes OPEN; null: none.",
    }),
    ignoredPerHour: t.exposeInt("ignoredPerHour", {
      nullable: true,
      description:
        "Number of failures in one hour above which an IGNORED problem becomes OPEN; null: none.",
    }),
    decisions: t.field({
      type: [ProblemDecisionObject],
      description:
        "Decisions about the problem, and the times at which it became OPEN again, latest first; the " +
        `last ${MAX_DECISIONS}.`,
      complexity: 5,
      resolve: async ({ id }, _args, context) => await decisionsOf(context, id) ?? [],
    }),
    trend: t.field({
      type: [ProblemCountObject],
      description: "Failures by hour of UTC, oldest first; hours without failures have 0.",
      complexity: 5,
      args: {
        hours: t.arg.int({
          required: true,
          defaultValue: 24,
          description: "Number of hours up to the present one, 1 to 2,160.",
        }),
      },
      resolve: (problem, { hours }, context) => trendOf(context, problem, hours),
    }),
    examples: t.connection({
      type: ProblemExampleObject,
      description: "Last ten failures, latest first.",
      resolve: (problem, args, { services }) => listExamples(services, problem, args),
    }, ...connectionNames("ProblemExample")),
    affected: t.connection({
      type: ProblemAffected,
      description:
        "Messages (DELIVERY), webhook endpoints (WEBHOOK) or else jobs with such a failure, newest first; " +
        "`deliveries` and `jobs` " +
        "list the failed ones by `problemId`.",
      resolve: (problem, args, { services }) => listAffected(services, problem, args),
    }, ...connectionNames("ProblemAffected")),
  }),
});
