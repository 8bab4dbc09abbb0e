import { listBatches } from "../../src/domain/deliveries/batches.ts";
import { senderOf } from "../../src/domain/mailbox.ts";
import type { WaitingFor } from "../../src/domain/waiting.ts";
import type {
  AttemptEffect,
  DeliveryStats,
  ErrorTypeCount,
} from "../../src/domain/deliveries/stats.ts";
import {
  canCancel,
  canPause,
  canResume,
  isFinal,
  mayAccess,
  type Message,
} from "../../src/domain/messages/message.ts";
import { findMessages } from "../../src/domain/messages/find.ts";
import { readMessageWaits } from "../../src/domain/messages/waiting.ts";
import { readNextRetries } from "../../src/domain/messages/scheduled_retry.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { MailboxObject } from "../access/mailbox.ts";
import { AudienceNode } from "../audiences/audience.ts";
import { BatchNode } from "./batch.ts";
import { ContentObject } from "./content.ts";
import {
  DeliveryStatsObject,
  effectivenessOf,
  ErrorTypeCountObject,
  errorTypesOf,
  RetryEffectivenessObject,
  statsOf,
} from "../deliveries/stats.ts";
import { WAITING_COMPLEXITY, WaitingForObject } from "../jobs/waiting.ts";
import { batchLoader } from "../kit/loader.ts";
import { TemplateNode } from "../templates/template.ts";
import { ProviderNode, providerOf } from "../providers/provider.ts";
import {
  Channel,
  MessageLane,
  MessageStatus,
  OnUnknown,
  RetryBackoff,
  RetryMode,
} from "./enums.ts";

/** A message, with the values that were read together with it; the rest is loaded on demand. */
export interface MessageState extends Message {
  /** Absent: not read. */
  readonly waitingFor?: WaitingFor | null;
  readonly stats?: DeliveryStats;
  readonly errorTypeCounts?: readonly ErrorTypeCount[];
  readonly retryEffectiveness?: readonly AttemptEffect[];
}

/** A message: one content for many recipients. */
export const MessageNode = builder.loadableNodeRef("Message", {
  id: { resolve: ({ id }: MessageState) => id },
  load: async (ids: string[], { services, caller }): Promise<MessageState[]> => {
    const messages = await findMessages(services.db, ids);
    return messages.filter((message) => mayAccess(caller, message));
  },
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const waitOf = batchLoader(({ services }, ids) => readMessageWaits(services.db, ids));

const nextRetryOf = batchLoader(({ services }, ids) => readNextRetries(services.db, ids));

interface Pause {
  readonly reason: string;
  readonly code: string | null;
  readonly providerId: string | null;
  readonly since: Date;
}

const MessagePause = builder.objectRef<Pause>("MessagePause").implement({
  description: "Pause of a message.",
  fields: (t) => ({
    reason: t.exposeString("reason", { description: "Explanation for people." }),
    code: t.exposeString("code", {
      nullable: true,
      description:
        "Error code of the provider, or PLANNING_STOPPED if the planning job failed or was " +
        "cancelled; null if a person paused the message or the provider sent no code.",
    }),
    provider: t.field({
      type: ProviderNode,
      nullable: true,
      description:
        "Provider whose error caused the pause, the preferred one of several; null if a person " +
        "paused the message or planning stopped.",
      resolve: ({ providerId }, _args, context) => providerId && providerOf(context, providerId),
    }),
    since: t.expose("since", { type: "DateTime", description: "Time the message was paused." }),
  }),
});

const MessageRetry = builder.objectRef<Message>("MessageRetry").implement({
  description: "Retry settings and state of a message.",
  fields: (t) => ({
    mode: t.expose("retryMode", { type: RetryMode, description: "Mode of retries." }),
    maxAttempts: t.exposeInt("maxAttempts", {
      description: "Maximum attempts per recipient, 1 to 10.",
    }),
    backoff: t.expose("retryBackoff", {
      type: RetryBackoff,
      description: "Wait before automatic retries; used in mode AUTO only.",
    }),
    rounds: t.exposeInt("retryRounds", {
      description:
        "Number of retry rounds so far; the first pass and retries after a growing wait are not counted.",
    }),
    nextAt: t.field({
      type: "DateTime",
      nullable: true,
      description:
        "Time of the next scheduled retry; null if the mode is not CRON (in mode AUTO see " +
        "`waitingFor`), no delivery is retryable, or the schedule is disabled.",
      resolve: ({ id, retryMode }, _args, context) =>
        retryMode === "CRON" ? nextRetryOf(context, id) : null,
    }),
  }),
});

MessageNode.implement({
  description: "Message: one content for many recipients, with one delivery for each.",
  fields: (t) => ({
    title: t.exposeString("title", { description: "Internal title; recipients do not see it." }),
    channel: t.expose("channel", { type: Channel, description: "Channel of the message." }),
    type: t.exposeString("type", {
      description:
        "Type of the message (newsletter, welcome …), for reports and for fair share: worker slots " +
        "are assigned round robin by type.",
    }),
    lane: t.expose("lane", { type: MessageLane, description: "Lane of the message." }),
    status: t.expose("status", { type: MessageStatus, description: "State of the message." }),
    priority: t.exposeInt("priority", {
      description: "Priority, -100 to 100; higher is sent first among messages of the same type.",
    }),
    sentBy: t.exposeString("userId", {
      nullable: true,
      description: "User who sent the message; null if the caller's key names no user.",
    }),
    from: t.field({
      type: MailboxObject,
      nullable: true,
      description:
        "Sender of its emails: its own, else that of the organization when the message was " +
        "accepted, else MAIL_FROM. Null on other channels.",
      resolve: (message, _args, { services }) =>
        message.channel === "EMAIL" ? senderOf(message) ?? services.mailFrom : null,
    }),
    replyTo: t.exposeString("replyTo", {
      nullable: true,
      description: "Address for replies; null: replies go to `from`.",
    }),
    audience: t.field({
      type: AudienceNode,
      nullable: true,
      description:
        "Audience that it is sent to; null for inline recipients, and if the audience was deleted " +
        "or is another user's.",
      resolve: ({ audienceId }) => audienceId,
    }),
    unsubscribable: t.exposeBoolean("unsubscribable", {
      description: "True if its recipients can unsubscribe.",
    }),
    onUnknown: t.expose("onUnknown", {
      type: OnUnknown,
      description: "Handling of a delivery that becomes UNKNOWN, because it may have been sent.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "Time of the last change." }),
    sendAt: t.expose("sendAt", {
      type: "DateTime",
      nullable: true,
      description: "Time to send it; null if it was sent at once.",
    }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time it ended; null until then, and again while a retry round runs.",
    }),
    pause: t.field({
      type: MessagePause,
      nullable: true,
      description: "Reason and time of the pause; null unless PAUSED.",
      resolve: ({ pausedAt, pauseReason, pauseCode, pauseProviderIds }) =>
        pausedAt && {
          reason: pauseReason ?? "",
          code: pauseCode,
          providerId: pauseProviderIds?.[0] ?? null,
          since: pausedAt,
        },
    }),
    waitingFor: t.field({
      type: WaitingForObject,
      nullable: true,
      description:
        "Reason why nothing of it is sent now; null once it has ended, and while it is being " +
        "planned or sent.",
      complexity: WAITING_COMPLEXITY,
      resolve: ({ id, status, waitingFor }, _args, context) =>
        waitingFor !== undefined || isFinal(status) ? waitingFor ?? null : waitOf(context, id),
    }),
    retry: t.field({
      type: MessageRetry,
      description: "Retry settings and state.",
      resolve: (message) => message,
    }),
    stats: t.field({
      type: DeliveryStatsObject,
      description: "Delivery counts by state, and the sending rate.",
      resolve: async ({ id, stats }, _args, context) => {
        const stored = stats ?? await statsOf(context, id);
        if (!stored) throw new Error(`Cannot read the stats of message ${id}: it has no row`);
        return stored;
      },
    }),
    canPause: t.boolean({
      description:
        "True if the message is neither paused nor ended, so that `pauseMessage` pauses it.",
      resolve: canPause,
    }),
    canResume: t.boolean({
      description: "True if `resumeMessage` would be accepted.",
      resolve: canResume,
    }),
    canCancel: t.boolean({
      description: "True if `cancelMessage` would be accepted.",
      resolve: canCancel,
    }),
    content: t.field({
      type: ContentObject,
      description: "Content as Liquid templates.",
      resolve: ({ subject, text, html }) => ({ subject, text, html }),
    }),
    template: t.field({
      type: TemplateNode,
      nullable: true,
      description:
        "Template that the content was copied from; null if it was written for the message.",
      resolve: ({ templateId }) => templateId,
    }),
    templateVersion: t.exposeInt("templateVersion", {
      nullable: true,
      description: "Version of the template that the content was copied from; null if none.",
    }),
    errorTypeCounts: t.field({
      type: [ErrorTypeCountObject],
      description:
        "Counts of failed, unknown, bounced and complained deliveries by error type, most frequent " +
        "first.",
      resolve: async (
        { id, errorTypeCounts },
        _args,
        context,
      ) => [...errorTypeCounts ?? await errorTypesOf(context, id) ?? []],
    }),
    retryEffectiveness: t.field({
      type: [RetryEffectivenessObject],
      description: "Results by attempt number, the first attempts first.",
      resolve: async (
        { id, retryEffectiveness },
        _args,
        context,
      ) => [...retryEffectiveness ?? await effectivenessOf(context, id) ?? []],
    }),
    batches: t.connection({
      type: BatchNode,
      description: "Batches of the message, by number.",
      resolve: (message, args, { services }) => listBatches(services, message, args),
    }, ...connectionNames("Batch")),
  }),
});
