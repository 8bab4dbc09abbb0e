import {
  type AttemptGroup,
  checkPeriod,
  type DeliveryPoint,
  type FirstAttempts,
  listMessageAttempts,
  type MessageAttempts,
  type Period,
  readAttemptGroups,
  readSeries,
  successOf,
} from "../../src/domain/deliveries/analytics.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { RetryEffectivenessObject } from "./stats.ts";
import { MessageNode } from "../messages/message.ts";
import { DeliveryErrorType } from "./enums.ts";

interface Analytics {
  readonly period: Period;
  /** Read once for all fields that are sums of it. */
  groups(): Promise<readonly AttemptGroup[]>;
}

const TimeBucket = builder.enumType("TimeBucket", {
  description: "What a series counts together.",
  values: {
    MINUTE: { description: "Each minute." },
    HOUR: { description: "Each hour." },
    DAY: { description: "Each day, from midnight to midnight in the time zone." },
  },
});

const DeliveryPoint = builder.objectRef<DeliveryPoint>("DeliveryPoint").implement({
  description: "What one minute, hour or day brought.",
  fields: (t) => ({
    at: t.expose("at", { type: "DateTime", description: "When it begins." }),
    sent: t.exposeInt("sent", { description: "Attempts that sent their mail." }),
    failed: t.exposeInt("failed", { description: "Attempts that did not, or may not have." }),
    bounced: t.exposeInt("bounced", { description: "Mails that came back." }),
  }),
});

type ErrorShare = ReturnType<typeof errorShares>[number];

const ErrorTypeShare = builder.objectRef<ErrorShare>("ErrorTypeShare").implement({
  description: "How many attempts failed in the same way.",
  fields: (t) => ({
    errorType: t.expose("errorType", {
      type: DeliveryErrorType,
      description: "What kind of failure.",
    }),
    count: t.exposeInt("count", { description: "How many attempts failed so." }),
    fraction: t.exposeFloat("fraction", { description: "Of all that failed, 0 to 1." }),
  }),
});

const TypeStats = builder.objectRef<FirstAttempts & { type: string }>("TypeStats").implement({
  description: "The first attempts at messages of one type.",
  fields: (t) => ({
    type: t.exposeString("type", { description: "The messages' type." }),
    sent: t.exposeInt("sent", { description: "Sent at the first attempt." }),
    failed: t.exposeInt("failed", { description: "Failed at the first attempt." }),
    successFraction: t.float({
      nullable: true,
      description: "Those sent among them, 0 to 1; null: there were none.",
      resolve: successOf,
    }),
  }),
});

const MessageAnalytics = builder.objectRef<MessageAttempts>("MessageAnalytics").implement({
  description: "The first attempts at one message.",
  fields: (t) => ({
    message: t.field({
      type: MessageNode,
      description: "The message.",
      resolve: ({ id }) => id,
    }),
    sent: t.exposeInt("sent", { description: "Sent at the first attempt." }),
    failed: t.exposeInt("failed", { description: "Failed at the first attempt." }),
    successFraction: t.float({
      nullable: true,
      description: "Those sent among them, 0 to 1; null: there were none.",
      resolve: successOf,
    }),
  }),
});

const DeliveryAnalytics = builder.objectRef<Analytics>("DeliveryAnalytics").implement({
  description: "How sending went in a period, at the messages that you may see.",
  fields: (t) => ({
    successFraction: t.float({
      nullable: true,
      description: "First attempts that sent their mail, 0 to 1; null: there were none.",
      resolve: async ({ groups }) => successOf(firstAttempts(await groups())),
    }),
    series: t.field({
      type: [DeliveryPoint],
      description: "Attempts over time: every bucket, the empty ones too, up to 2,000.",
      complexity: 20,
      args: {
        bucket: t.arg({ type: TimeBucket, required: true, description: "What counts together." }),
        timezone: t.arg.string({
          defaultValue: "UTC",
          description: "Where its days begin: Europe/Berlin.",
        }),
      },
      resolve: ({ period }, { bucket, timezone }, { services, caller }) =>
        readSeries(services, caller, period, bucket, timezone ?? "UTC"),
    }),
    errorTypes: t.field({
      type: [ErrorTypeShare],
      description: "How attempts failed, most frequent first.",
      resolve: async ({ groups }) => errorShares(await groups()),
    }),
    retryEffectiveness: t.field({
      type: [RetryEffectivenessObject],
      description: "What each attempt brought: the first ones, the second ones …",
      resolve: async ({ groups }) =>
        [...Map.groupBy(await groups(), ({ attempt }) => attempt)]
          .map(([attemptNumber, part]) => ({ messageId: "", attemptNumber, ...endsOf(part) }))
          .sort((a, b) => a.attemptNumber - b.attemptNumber),
    }),
    byType: t.field({
      type: [TypeStats],
      description: "First attempts by the messages' type, the largest first.",
      resolve: async ({ groups }) =>
        [...Map.groupBy(await groups(), ({ type }) => type)]
          .map(([type, part]) => ({ type, ...firstAttempts(part) }))
          .sort((a, b) => b.sent + b.failed - a.sent - a.failed),
    }),
    messages: t.connection({
      type: MessageAnalytics,
      description: "First attempts by message, the newest message first.",
      resolve: ({ period }, page, { services, caller }) =>
        listMessageAttempts(services, caller, period, page),
    }, ...connectionNames("MessageAnalytics")),
  }),
});

builder.queryField("deliveryAnalytics", (t) =>
  t.field({
    type: DeliveryAnalytics,
    description: "How sending went in a period.",
    complexity: 20,
    args: {
      from: t.arg({ type: "DateTime", required: true, description: "From this minute on." }),
      to: t.arg({ type: "DateTime", required: true, description: "Until before this." }),
    },
    resolve: (_root, period, { services, caller }) => {
      checkPeriod(period);
      let groups: Promise<readonly AttemptGroup[]> | undefined;
      return { period, groups: () => groups ??= readAttemptGroups(services, caller, period) };
    },
  }));

function endsOf(groups: readonly AttemptGroup[]): FirstAttempts {
  let sent = 0;
  let failed = 0;
  for (const { outcome, count } of groups) {
    if (outcome === "SENT") sent += count;
    else failed += count;
  }
  return { sent, failed };
}

function firstAttempts(groups: readonly AttemptGroup[]): FirstAttempts {
  return endsOf(groups.filter(({ attempt }) => attempt === 1));
}

function errorShares(groups: readonly AttemptGroup[]) {
  const failures = groups.flatMap(({ errorType, count }) =>
    errorType === "" ? [] : [{ errorType, count }]
  );
  const total = failures.reduce((sum, { count }) => sum + count, 0);
  return [...Map.groupBy(failures, ({ errorType }) => errorType)]
    .map(([errorType, part]) => {
      const count = part.reduce((sum, { count }) => sum + count, 0);
      return { errorType, count, fraction: count / total };
    })
    .sort((a, b) => b.count - a.count);
}
