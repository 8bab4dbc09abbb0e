import {
  type AttemptCounts,
  type AttemptGroup,
  type DeliveryCounts,
  type DeliveryPoint,
  type ErrorShare,
  listMessageAttempts,
  type MessageAttempts,
  readAttemptGroups,
  readSeries,
  sharesOf,
  successOf,
} from "../../src/domain/deliveries/analytics.ts";
import { checkPeriod, type Period } from "../../src/domain/period.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { seriesArgs } from "../kit/time_bucket.ts";
import { RetryEffectivenessObject } from "./stats.ts";
import { MessageNode } from "../messages/message.ts";
import { DeliveryErrorType } from "./enums.ts";

interface Analytics {
  readonly period: Period;
  /** Attempt counts of the period; read once, because several fields are sums of them. */
  groups(): Promise<readonly AttemptGroup[]>;
}

const SUPPRESSED =
  "Number of deliveries that became SUPPRESSED; nothing was sent to them, and they are no failures.";

export const DeliveryPointObject = builder.objectRef<DeliveryPoint>("DeliveryPoint").implement({
  description: "Results of one interval of a series.",
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime", description: "Start of the interval." }),
    sent: t.exposeInt("sent", { description: "Number of attempts that sent their message." }),
    failed: t.exposeInt("failed", {
      description: "Number of attempts that failed or are UNKNOWN.",
    }),
    bounced: t.exposeInt("bounced", { description: "Number of bounces that arrived." }),
    suppressed: t.exposeInt("suppressed", { description: SUPPRESSED }),
  }),
});

export const ErrorTypeShare = builder.objectRef<ErrorShare>("ErrorTypeShare").implement({
  description: "Number of attempts that failed with one error type.",
  fields: (t) => ({
    errorType: t.expose("errorType", {
      type: DeliveryErrorType,
      description: "Kind of failure.",
    }),
    count: t.exposeInt("count", { description: "Number of attempts." }),
    fraction: t.exposeFloat("fraction", { description: "Share of all failed attempts, 0 to 1." }),
  }),
});

const TypeStats = builder.objectRef<DeliveryCounts & { type: string }>("TypeStats").implement({
  description: "Results of first attempts for one message type.",
  fields: (t) => ({
    type: t.exposeString("type", { description: "Type of the messages." }),
    sent: t.exposeInt("sent", { description: "Number of deliveries sent at the first attempt." }),
    failed: t.exposeInt("failed", {
      description: "Number of deliveries that failed or are UNKNOWN at the first attempt.",
    }),
    suppressed: t.exposeInt("suppressed", { description: SUPPRESSED }),
    successFraction: t.float({
      nullable: true,
      description: "Share of first attempts that were sent, 0 to 1; null if there were none.",
      resolve: successOf,
    }),
  }),
});

const MessageAnalytics = builder.objectRef<MessageAttempts>("MessageAnalytics").implement({
  description: "Results of first attempts for one message.",
  fields: (t) => ({
    message: t.field({
      type: MessageNode,
      description: "Message with these attempts.",
      resolve: ({ id }) => id,
    }),
    sent: t.exposeInt("sent", { description: "Number of deliveries sent at the first attempt." }),
    failed: t.exposeInt("failed", {
      description: "Number of deliveries that failed or are UNKNOWN at the first attempt.",
    }),
    suppressed: t.exposeInt("suppressed", { description: SUPPRESSED }),
    successFraction: t.float({
      nullable: true,
      description: "Share of first attempts that were sent, 0 to 1; null if there were none.",
      resolve: successOf,
    }),
  }),
});

const DeliveryAnalytics = builder.objectRef<Analytics>("DeliveryAnalytics").implement({
  description: "Results of all attempts in a period, for the messages that the caller may see.",
  fields: (t) => ({
    suppressed: t.int({
      description: SUPPRESSED,
      resolve: async ({ groups }) => countSuppressed(await groups()),
    }),
    successFraction: t.float({
      nullable: true,
      description: "Share of first attempts that were sent, 0 to 1; null if there were none.",
      resolve: async ({ groups }) => successOf(firstAttempts(await groups())),
    }),
    series: t.field({
      type: [DeliveryPointObject],
      description:
        "Results over time, oldest interval first, empty intervals included. More than 2,000 " +
        "intervals are an InvalidInputError.",
      complexity: 20,
      args: seriesArgs,
      resolve: ({ period }, { bucket, timezone }, { services, caller }) =>
        readSeries(services, caller, period, bucket, timezone ?? "UTC"),
    }),
    errorTypes: t.field({
      type: [ErrorTypeShare],
      description: "Failed and UNKNOWN attempts by error type, most frequent first.",
      resolve: async ({ groups }) => errorShares(await groups()),
    }),
    retryEffectiveness: t.field({
      type: [RetryEffectivenessObject],
      description: "Results by attempt number, the first attempts first.",
      resolve: async ({ groups }) =>
        [...Map.groupBy(attemptsOf(await groups()), ({ attempt }) => attempt)]
          .map(([attemptNumber, part]) => ({ attemptNumber, ...countOutcomes(part) }))
          .sort((a, b) => a.attemptNumber - b.attemptNumber),
    }),
    byType: t.field({
      type: [TypeStats],
      description: "Results of first attempts by message type, most attempts first.",
      resolve: async ({ groups }) =>
        [...Map.groupBy(await groups(), ({ type }) => type)]
          .map(([type, part]) => ({
            type,
            ...firstAttempts(part),
            suppressed: countSuppressed(part),
          }))
          .sort((a, b) => b.sent + b.failed - a.sent - a.failed),
    }),
    messages: t.connection({
      type: MessageAnalytics,
      description: "Results of first attempts by message, newest message first.",
      resolve: ({ period }, page, { services, caller }) =>
        listMessageAttempts(services, caller, period, page),
    }, ...connectionNames("MessageAnalytics")),
  }),
});

builder.queryField("deliveryAnalytics", (t) =>
  t.field({
    type: DeliveryAnalytics,
    description: "Results of all attempts in a period, for the messages that the caller may see.",
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
    resolve: (_root, period, { services, caller }) => {
      checkPeriod(period);
      let groups: Promise<readonly AttemptGroup[]> | undefined;
      return { period, groups: () => groups ??= readAttemptGroups(services, caller, period) };
    },
  }));

function countOutcomes(groups: readonly AttemptGroup[]): AttemptCounts {
  let sent = 0;
  let failed = 0;
  for (const { outcome, count } of groups) {
    if (outcome === "SENT") sent += count;
    else failed += count;
  }
  return { sent, failed };
}

function firstAttempts(groups: readonly AttemptGroup[]): AttemptCounts {
  return countOutcomes(attemptsOf(groups).filter(({ attempt }) => attempt === 1));
}

function attemptsOf(groups: readonly AttemptGroup[]): AttemptGroup[] {
  return groups.filter(({ outcome }) => outcome !== "SUPPRESSED");
}

function countSuppressed(groups: readonly AttemptGroup[]): number {
  return groups.reduce(
    (sum, { outcome, count }) => outcome === "SUPPRESSED" ? sum + count : sum,
    0,
  );
}

function errorShares(groups: readonly AttemptGroup[]): ErrorShare[] {
  const failures = groups.flatMap(({ errorType, count }) =>
    errorType === "" ? [] : [{ errorType, count }]
  );
  return sharesOf(
    [...Map.groupBy(failures, ({ errorType }) => errorType)].map(([errorType, part]) => ({
      errorType,
      count: part.reduce((sum, { count }) => sum + count, 0),
    })),
  );
}
