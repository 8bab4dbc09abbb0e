import { fromTypeId } from "../../src/domain/id.ts";
import type { SendMessageInput as SendMessageShape } from "../../src/domain/messages/input.ts";
import type { Message } from "../../src/domain/messages/message.ts";
import {
  cancelMessage,
  pauseMessage,
  resumeMessage,
  sendMessage,
} from "../../src/domain/messages/operations.ts";
import { builder } from "../kit/builder.ts";
import { ContentInput } from "./content.ts";
import { MessageNode } from "./message.ts";
import { Channel, MessageLane, OnUnknown, RetryMode } from "./enums.ts";

const DEFAULT_ATTEMPTS = 3;

export const RecipientInput = builder.inputType("RecipientInput", {
  description: "Whom a message goes to.",
  fields: (t) => ({
    address: t.string({
      required: true,
      description: "ada@example.com; on MESSENGER a page-scoped id (PSID), up to 32 digits.",
    }),
    name: t.string({
      description: "As it stands before the address, and `{{ name }}` in templates.",
    }),
    variables: t.field({
      type: "JSONObject",
      description: "What the templates put in for this one.",
    }),
  }),
});

const RecipientsInput = builder.inputType("RecipientsInput", {
  description: "Whom a message goes to: one of these.",
  isOneOf: true,
  fields: (t) => ({
    list: t.field({
      type: [RecipientInput],
      description: "Up to 10,000. An address that comes twice gets the message once.",
    }),
    audienceId: t.id({
      description: "Those of an audience that was imported for the message's channel: aud_…",
    }),
  }),
});

const RetryInput = builder.inputType("RetryInput", {
  description: "How failed deliveries are tried again.",
  fields: (t) => ({
    mode: t.field({
      type: RetryMode,
      required: true,
      defaultValue: "MANUAL",
      description: "When they are tried again.",
    }),
    maxAttempts: t.int({
      required: true,
      defaultValue: DEFAULT_ATTEMPTS,
      description: "Attempts per recipient at most, 1 to 10.",
    }),
  }),
});

const SendMessageInput = builder.inputType("SendMessageInput", {
  description: "What a new message is made of.",
  fields: (t) => ({
    title: t.string({ required: true, description: "As people call it: 1 to 200 characters." }),
    channel: t.field({
      type: Channel,
      required: true,
      defaultValue: "EMAIL",
      description: "How it goes out.",
    }),
    type: t.string({
      required: true,
      defaultValue: "bulk",
      description: "A free name, for reports and fair turns: 1 to 100 characters.",
    }),
    lane: t.field({
      type: MessageLane,
      required: true,
      defaultValue: "BULK",
      description: "Whose worker slots it uses.",
    }),
    priority: t.int({
      required: true,
      defaultValue: 0,
      description: "-100 to 100; higher goes first, within its type.",
    }),
    content: t.field({ type: ContentInput, required: true, description: "What it says." }),
    to: t.field({ type: RecipientsInput, required: true, description: "Whom it goes to." }),
    sendAt: t.field({ type: "DateTime", description: "When it goes out; absent: at once." }),
    retry: t.field({ type: RetryInput, description: "How failed deliveries are tried again." }),
    onUnknown: t.field({
      type: OnUnknown,
      required: true,
      defaultValue: "HOLD",
      description: "What to do with one that becomes UNKNOWN: it may have gone out.",
    }),
    unsubscribable: t.boolean({
      required: true,
      defaultValue: false,
      description:
        "Whether recipients may unsubscribe from it: its mails carry a link that does so " +
        "with one click (RFC 8058), templates have it as `unsubscribe_url`, and who has " +
        "unsubscribed from one such message gets none of them any more. Other messages, receipts " +
        "for instance, still reach them.",
    }),
    idempotencyKey: t.string({
      description: "Sending again with the same key answers with the first message: at most 200 " +
        "characters.",
    }),
  }),
});

const SendMessagePayload = builder
  .objectRef<{ message: Message; created: boolean }>("SendMessagePayload")
  .implement({
    description: "The message that is being sent.",
    fields: (t) => ({
      message: t.field({
        type: MessageNode,
        description: "The new message, or the earlier one that has the idempotency key.",
        resolve: ({ message }) => message,
      }),
      created: t.exposeBoolean("created", {
        description: "false: the idempotency key named an earlier message.",
      }),
    }),
  });

builder.mutationField("sendMessage", (t) =>
  t.field({
    type: SendMessagePayload,
    nullable: true,
    errors: {},
    description:
      "Sends a message, now or at `sendAt`. It answers at once: planning and sending go " +
      "on in the background, watch them with `messageUpdated`.",
    args: {
      input: t.arg({ type: SendMessageInput, required: true, description: "What it is made of." }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      sendMessage(services, caller, messageInput(input)),
  }));

const PauseMessagePayload = messagePayload("PauseMessagePayload", "The message, PAUSED.");
const ResumeMessagePayload = messagePayload(
  "ResumeMessagePayload",
  "The message, on its way again.",
);
const CancelMessagePayload = messagePayload("CancelMessagePayload", "The message, CANCELLED.");

builder.mutationFields((t) => ({
  pauseMessage: t.field({
    type: PauseMessagePayload,
    nullable: true,
    errors: {},
    description: "Stops a message: what is in flight is still recorded, nothing more goes out.",
    args: { id: t.arg.id({ required: true, description: "msg_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      pauseMessage(services, caller, fromTypeId("message", id)),
  }),
  resumeMessage: t.field({
    type: ResumeMessagePayload,
    nullable: true,
    errors: {},
    description: "Lets a paused message go on where it stood.",
    args: { id: t.arg.id({ required: true, description: "msg_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      resumeMessage(services, caller, fromTypeId("message", id)),
  }),
  cancelMessage: t.field({
    type: CancelMessagePayload,
    nullable: true,
    errors: {},
    description: "Ends a message: what is in flight is still recorded, what waits is CANCELLED.",
    args: { id: t.arg.id({ required: true, description: "msg_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      cancelMessage(services, caller, fromTypeId("message", id)),
  }),
}));

function messagePayload(name: string, description: string) {
  return builder.objectRef<Message>(name).implement({
    description: "The message that was changed.",
    fields: (t) => ({
      message: t.field({ type: MessageNode, description, resolve: (message) => message }),
    }),
  });
}

function messageInput(
  { to, retry, ...input }: typeof SendMessageInput.$inferInput,
): SendMessageShape {
  const audienceId = to.audienceId == null
    ? null
    : fromTypeId("audience", to.audienceId, ["to", "audienceId"]);
  return {
    ...input,
    to: { list: to.list, audienceId },
    retry: retry ?? { mode: "MANUAL", maxAttempts: DEFAULT_ATTEMPTS },
  };
}
