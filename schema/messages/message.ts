import { type Batch, listBatches } from "../../src/domain/deliveries/batches.ts";
import type {
  AttemptEffect,
  DeliveryStats,
  ErrorTypeCount,
} from "../../src/domain/deliveries/stats.ts";
import {
  canCancel,
  canPause,
  canResume,
  mayAccess,
  type Message,
} from "../../src/domain/messages/message.ts";
import { findMessages } from "../../src/domain/messages/queries.ts";
import { readNextRetries } from "../../src/domain/messages/scheduled_retry.ts";
import { findProviders } from "../../src/domain/providers/queries.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { ContentObject } from "./content.ts";
import {
  DeliveryStatsObject,
  effectivenessOf,
  ErrorTypeCountObject,
  errorTypesOf,
  RetryEffectivenessObject,
  statsOf,
} from "../deliveries/stats.ts";
import { JobNode } from "../jobs/job.ts";
import { perContext } from "../kit/loader.ts";
import { ProviderNode } from "../providers/provider.ts";
import { BatchStatus, Channel, MessageLane, MessageStatus, RetryMode } from "./enums.ts";

/** A message, with those of its figures that were read along with it. */
export interface MessageState extends Message {
  readonly stats?: DeliveryStats;
  readonly errorTypeCounts?: readonly ErrorTypeCount[];
  readonly retryEffectiveness?: readonly AttemptEffect[];
}

/** One text to many recipients. */
export const MessageNode = builder.loadableNodeRef("Message", {
  id: { resolve: ({ id }: MessageState) => id },
  load: async (ids: string[], { services, caller }): Promise<MessageState[]> => {
    const messages = await findMessages(services.db, ids);
    return messages.filter((message) => mayAccess(caller, message));
  },
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const nextRetryOf = perContext(({ services }, ids) => readNextRetries(services.db, ids));

const providerOf = perContext(async ({ services }, ids) => {
  const providers = await findProviders(services.db, ids);
  return new Map(providers.map((provider) => [provider.id, provider]));
});

interface Pause {
  readonly reason: string;
  readonly code: string | null;
  readonly providerId: string | null;
  readonly since: Date;
}

const MessagePause = builder.objectRef<Pause>("MessagePause").implement({
  description: "Why a message stands still.",
  fields: (t) => ({
    reason: t.exposeString("reason", { description: "For people." }),
    code: t.exposeString("code", {
      nullable: true,
      description: "What the provider said, when its error caused the pause.",
    }),
    provider: t.field({
      type: ProviderNode,
      nullable: true,
      description:
        "The provider whose error caused the pause, the preferred one of several; null: " +
        "a person paused it, or planning stopped.",
      resolve: ({ providerId }, _args, context) => providerId && providerOf(context, providerId),
    }),
    since: t.expose("since", { type: "DateTime", description: "When it was paused." }),
  }),
});

const MessageRetry = builder.objectRef<Message>("MessageRetry").implement({
  description: "How failed deliveries of a message are tried again.",
  fields: (t) => ({
    mode: t.expose("retryMode", { type: RetryMode, description: "When." }),
    maxAttempts: t.exposeInt("maxAttempts", { description: "Attempts per recipient at most." }),
    rounds: t.exposeInt("retryRounds", {
      description: "How often failed ones were tried again together; the first pass is none.",
    }),
    nextAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When failed ones are tried again by the schedule; null: there are none that " +
        "another attempt may mend, or they do not wait for it.",
      resolve: ({ id, retryMode }, _args, context) =>
        retryMode === "CRON" ? nextRetryOf(context, id) : null,
    }),
  }),
});

const BatchObject = builder.objectRef<Batch>("Batch").implement({
  description: "Up to 100 recipients of a message, sent by one job.",
  fields: (t) => ({
    number: t.exposeInt("number", { description: "In its message, from 1." }),
    round: t.exposeInt("round", {
      description: "1: the first pass; each later one tried again what had failed.",
    }),
    size: t.exposeInt("size", { description: "How many recipients it has." }),
    status: t.expose("status", { type: BatchStatus, description: "Where it stands." }),
    startedAt: t.expose("startedAt", {
      type: "DateTime",
      nullable: true,
      description: "When a worker first took it; null: none has.",
    }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description: "When each of its recipients had an outcome; null: not yet.",
    }),
    job: t.field({
      type: JobNode,
      nullable: true,
      description: "The job that sends it; null once the job is no longer kept.",
      resolve: ({ jobId }) => jobId,
    }),
  }),
});

MessageNode.implement({
  description: "One text to many recipients, each of whom has a delivery.",
  fields: (t) => ({
    title: t.exposeString("title", { description: "As people call it; recipients do not see it." }),
    channel: t.expose("channel", { type: Channel, description: "How it goes out." }),
    type: t.exposeString("type", {
      description: "A free name, for reports and fair turns: newsletter, welcome …",
    }),
    lane: t.expose("lane", { type: MessageLane, description: "Whose worker slots it uses." }),
    status: t.expose("status", { type: MessageStatus, description: "Where it stands." }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "When it last changed." }),
    sendAt: t.expose("sendAt", {
      type: "DateTime",
      nullable: true,
      description: "When it is to go out; null: at once.",
    }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it ended; null: it has not.",
    }),
    pause: t.field({
      type: MessagePause,
      nullable: true,
      description: "Why it stands still; null: it does not.",
      resolve: ({ pausedAt, pauseReason, pauseCode, pauseProviderIds }) =>
        pausedAt && {
          reason: pauseReason ?? "",
          code: pauseCode,
          providerId: pauseProviderIds?.[0] ?? null,
          since: pausedAt,
        },
    }),
    retry: t.field({
      type: MessageRetry,
      description: "How failed deliveries are tried again.",
      resolve: (message) => message,
    }),
    stats: t.field({
      type: DeliveryStatsObject,
      description: "How far it has come.",
      resolve: async ({ id, stats }, _args, context) => {
        const found = stats ?? await statsOf(context, id);
        if (!found) throw new Error(`The message ${id} has no figures`);
        return found;
      },
    }),
    canPause: t.boolean({
      description: "Whether `pauseMessage` would be accepted.",
      resolve: canPause,
    }),
    canResume: t.boolean({
      description: "Whether `resumeMessage` would be accepted.",
      resolve: canResume,
    }),
    canCancel: t.boolean({
      description: "Whether `cancelMessage` would be accepted.",
      resolve: canCancel,
    }),
    content: t.field({
      type: ContentObject,
      description: "What it says, as Liquid templates.",
      resolve: ({ subject, text, html }) => ({ subject, text, html }),
    }),
    errorTypeCounts: t.field({
      type: [ErrorTypeCountObject],
      description:
        "How its deliveries failed that FAILED, are UNKNOWN, BOUNCED or COMPLAINED, most " +
        "frequent first.",
      resolve: async (
        { id, errorTypeCounts },
        _args,
        context,
      ) => [...errorTypeCounts ?? await errorTypesOf(context, id) ?? []],
    }),
    retryEffectiveness: t.field({
      type: [RetryEffectivenessObject],
      description: "What each attempt brought: the first ones, the second ones …",
      resolve: async (
        { id, retryEffectiveness },
        _args,
        context,
      ) => [...retryEffectiveness ?? await effectivenessOf(context, id) ?? []],
    }),
    batches: t.connection({
      type: BatchObject,
      description: "Its batches, by number.",
      resolve: (message, args, { services }) => listBatches(services, message, args),
    }, ...connectionNames("Batch")),
  }),
});
