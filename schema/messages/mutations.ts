import { DEFAULT_CHANNEL } from "../../src/domain/channel.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import {
  DEFAULT_RETRY,
  type SendMessageInput as SendMessageShape,
} from "../../src/domain/messages/input.ts";
import type { Message } from "../../src/domain/messages/message.ts";
import { cancelMessage } from "../../src/domain/messages/cancel.ts";
import { pauseMessage } from "../../src/domain/messages/pause.ts";
import { MAX_RESUMED, resumeMessage, resumeMessages } from "../../src/domain/messages/resume.ts";
import { sendMessage, type SentMessage } from "../../src/domain/messages/send.ts";
import { MailboxInput } from "../access/mailbox.ts";
import { contactsInput } from "../contacts/selection.ts";
import { builder } from "../kit/builder.ts";
import { chosenTemplate, ContentInput } from "./content.ts";
import { MessageNode } from "./message.ts";
import { Channel, MessageLane, OnUnknown, RetryBackoff, RetryMode } from "./enums.ts";
import { MessageFilter, messageFilter } from "./queries.ts";
import { RecipientsInput } from "./recipient.ts";

const RetryInput = builder.inputType("RetryInput", {
  description: "Retry settings of a message.",
  fields: (t) => ({
    mode: t.field({
      type: RetryMode,
      required: true,
      defaultValue: DEFAULT_RETRY.mode,
      description: "Mode of retries.",
    }),
    maxAttempts: t.int({
      required: true,
      defaultValue: DEFAULT_RETRY.maxAttempts,
      description: "Maximum attempts per recipient, 1 to 10.",
    }),
    backoff: t.field({
      type: RetryBackoff,
      required: true,
      defaultValue: DEFAULT_RETRY.backoff,
      description: "Wait before automatic retries; used in mode AUTO only.",
    }),
  }),
});

/** Input of `sendMessage` and `messagePreview`. */
export const SendMessageInput = builder.inputType("SendMessageInput", {
  description: "Fields of a new message.",
  fields: (t) => ({
    title: t.string({
      required: true,
      description: "Internal title, 1 to 200 characters; recipients do not see it.",
    }),
    channel: t.field({
      type: Channel,
      required: true,
      defaultValue: DEFAULT_CHANNEL,
      description: "Channel to send by. A channel that is not configured is an InvalidInputError.",
    }),
    type: t.string({
      required: true,
      defaultValue: "bulk",
      description:
        "Type of the message (newsletter, welcome …), 1 to 100 characters, for reports and for " +
        "fair share: worker slots are assigned round robin by type.",
    }),
    lane: t.field({
      type: MessageLane,
      required: true,
      defaultValue: "BULK",
      description: "Lane whose worker slots the message uses.",
    }),
    priority: t.int({
      required: true,
      defaultValue: 0,
      description: "Priority, -100 to 100; higher is sent first among messages of the same type.",
    }),
    content: t.field({
      type: ContentInput,
      description: "Content of the message. Either `content` or `templateId`.",
    }),
    templateId: t.id({
      description: "Id of a template, whose latest version is copied as the content: tpl_…",
    }),
    to: t.field({
      type: RecipientsInput,
      required: true,
      description: "Recipients of the message.",
    }),
    sendAt: t.field({
      type: "DateTime",
      description: "Time to send it; absent, null or past: at once.",
    }),
    retry: t.field({
      type: RetryInput,
      description: "Retry settings; absent: MANUAL with 3 attempts.",
    }),
    onUnknown: t.field({
      type: OnUnknown,
      required: true,
      defaultValue: "HOLD",
      description: "Handling of a delivery that becomes UNKNOWN, because it may have been sent.",
    }),
    unsubscribable: t.boolean({
      required: true,
      defaultValue: false,
      description:
        "True if recipients can unsubscribe: each email has a one-click link (RFC 8058), " +
        "available to templates as `unsubscribe_url`. A recipient who unsubscribes gets no " +
        "further unsubscribable message of the organization; other messages, such as receipts, " +
        "are still sent.",
    }),
    from: t.field({
      type: MailboxInput,
      description:
        "Sender, with an address of the same domain as the sender of the organization; absent: that " +
        "sender. EMAIL only.",
    }),
    replyTo: t.string({
      description: "Address for replies; absent: that of the organization. EMAIL only.",
    }),
    idempotencyKey: t.string({
      description:
        "Key that makes a repeated call safe, 1 to 200 characters: the same key returns the " +
        "first message.",
    }),
  }),
});

const SendMessagePayload = builder
  .objectRef<SentMessage>("SendMessagePayload")
  .implement({
    description: "Message that was created or found.",
    fields: (t) => ({
      message: t.field({
        type: MessageNode,
        description: "New message, or the earlier one with the same idempotency key.",
        resolve: ({ message }) => message,
      }),
      created: t.exposeBoolean("created", {
        description: "False if the idempotency key named an earlier message.",
      }),
      withoutAddressCount: t.exposeInt("withoutAddressCount", {
        nullable: true,
        description:
          "Number of selected contacts without an address on the channel, which do not receive it; " +
          "null if it is not sent to contacts.",
      }),
    }),
  });

builder.mutationField("sendMessage", (t) =>
  t.field({
    type: SendMessagePayload,
    nullable: true,
    errors: {},
    description:
      "Creates a message and sends it, now or at `sendAt`. Returns at once: jobs send it, after " +
      "planning if it is scheduled, is sent to an audience or all contacts, or has more than 100 " +
      "recipients; `messageUpdated` reports the progress. Refuses invalid input with an " +
      "InvalidInputError that names every fault, an unknown audience, contact or template with " +
      "NotFoundError, and an idempotency key of another user's message with ConflictError " +
      "NAME_TAKEN; nothing is sent " +
      "then.",
    args: {
      input: t.arg({
        type: SendMessageInput,
        required: true,
        description: "Fields of the new message.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      sendMessage(services, caller, messageInput(input)),
  }));

const PauseMessagePayload = messagePayload("PauseMessagePayload", "Message after the pause.");
const ResumeMessagePayload = messagePayload(
  "ResumeMessagePayload",
  "Message after resuming: SCHEDULED, PLANNING or SENDING, or ended if nothing was left.",
);
const CancelMessagePayload = messagePayload("CancelMessagePayload", "Message, CANCELLED.");

const ResumeMessagesPayload = builder
  .objectRef<readonly Message[]>("ResumeMessagesPayload")
  .implement({
    description: "Messages that were resumed.",
    fields: (t) => ({
      messages: t.field({
        type: [MessageNode],
        description:
          "Resumed messages, oldest first: SCHEDULED, PLANNING or SENDING, or ended if nothing " +
          `was left. At most ${MAX_RESUMED}; repeat the call for further ones.`,
        // By id, so that they are read again after the change.
        resolve: (messages) => messages.map(({ id }) => id),
      }),
    }),
  });

builder.mutationFields((t) => ({
  pauseMessage: t.field({
    type: PauseMessagePayload,
    nullable: true,
    errors: {},
    description:
      "Pauses a message: no further delivery is sent; results of SENDING deliveries are still " +
      "recorded. A paused message stays PAUSED; the pause then counts as one by a person, which " +
      "`updateProvider` does not end. Refuses an ended message with ConflictError " +
      "ALREADY_FINISHED.",
    args: { id: t.arg.id({ required: true, description: "Id of the message: msg_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      pauseMessage(services, caller, fromTypeId("message", id)),
  }),
  resumeMessage: t.field({
    type: ResumeMessagePayload,
    nullable: true,
    errors: {},
    description:
      "Resumes a paused message where it stopped, and allows an immediate probe of each open " +
      "circuit of its channel. Refuses any other message with ConflictError NOT_PAUSED.",
    args: { id: t.arg.id({ required: true, description: "Id of the message: msg_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      resumeMessage(services, caller, fromTypeId("message", id)),
  }),
  resumeMessages: t.field({
    type: ResumeMessagesPayload,
    nullable: true,
    errors: {},
    description:
      "Resumes all PAUSED messages that match the filter and that the caller may see, up to " +
      `${MAX_RESUMED} per call, as \`resumeMessage\` does. Other messages are not changed. ` +
      "Refuses an invalid filter with an InvalidInputError that names the field; nothing is " +
      "resumed then.",
    args: {
      filter: t.arg({
        type: MessageFilter,
        required: true,
        description: "Filter of the messages; {} selects all.",
      }),
    },
    resolve: (_root, { filter }, { services, caller }) =>
      resumeMessages(services, caller, messageFilter(filter)),
  }),
  cancelMessage: t.field({
    type: CancelMessagePayload,
    nullable: true,
    errors: {},
    description:
      "Cancels a message, which cannot be undone: waiting deliveries become CANCELLED, results of " +
      "SENDING deliveries are still recorded. Refuses an ended message with ConflictError ALREADY_FINISHED.",
    args: { id: t.arg.id({ required: true, description: "Id of the message: msg_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      cancelMessage(services, caller, fromTypeId("message", id)),
  }),
}));

function messagePayload(name: string, description: string) {
  return builder.objectRef<Message>(name).implement({
    description: "Message that was changed.",
    fields: (t) => ({
      message: t.field({ type: MessageNode, description, resolve: (message) => message }),
    }),
  });
}

/** Converts the input of `sendMessage` to its domain form. */
export function messageInput(
  { to, retry, templateId, ...input }: typeof SendMessageInput.$inferInput,
): SendMessageShape {
  const audienceId = to.audienceId == null
    ? null
    : fromTypeId("audience", to.audienceId, ["to", "audienceId"]);
  return {
    ...input,
    templateId: chosenTemplate(templateId),
    to: {
      list: to.list,
      audienceId,
      contacts: to.contacts && contactsInput(to.contacts, ["to", "contacts"]),
    },
    retry: retry ?? DEFAULT_RETRY,
  };
}
