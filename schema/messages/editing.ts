import { DEFAULT_CHANNEL } from "../../src/domain/channel.ts";
import { previewForContact } from "../../src/domain/contacts/preview.ts";
import type { Delivery } from "../../src/domain/deliveries/delivery.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import type { Message } from "../../src/domain/messages/message.ts";
import { type ContentPreview, previewContent } from "../../src/domain/templates/preview.ts";
import { sendTestMessage } from "../../src/domain/messages/test_message.ts";
import { updateMessage } from "../../src/domain/messages/update.ts";
import { builder } from "../kit/builder.ts";
import { chosenTemplate, ContentInput } from "./content.ts";
import { DeliveryNode } from "../deliveries/delivery.ts";
import { MessageNode } from "./message.ts";
import { Channel, RetryBackoff, RetryMode } from "./enums.ts";
import { RecipientInput } from "./recipient.ts";

const UpdateRetryInput = builder.inputType("UpdateRetryInput", {
  description: "Changes of the retry settings; an absent or null field keeps its value.",
  fields: (t) => ({
    mode: t.field({ type: RetryMode, description: "Mode of retries." }),
    maxAttempts: t.int({ description: "Maximum attempts per recipient, 1 to 10." }),
    backoff: t.field({
      type: RetryBackoff,
      description: "Wait before automatic retries; used in mode AUTO only.",
    }),
  }),
});

const UpdateMessageInput = builder.inputType("UpdateMessageInput", {
  description:
    "Changes of a message; an absent field keeps its value. Title, content and `sendAt` can be " +
    "changed only while the message is SCHEDULED.",
  fields: (t) => ({
    title: t.string({
      description: "New title, 1 to 200 characters; null is refused.",
    }),
    content: t.field({
      type: ContentInput,
      description: "New content; replaces subject, text and html together. Null is refused.",
    }),
    sendAt: t.field({
      type: "DateTime",
      description: "New time to send; null: at once.",
    }),
    retry: t.field({
      type: UpdateRetryInput,
      description: "New retry settings, at any time; null resets them to MANUAL with 3 attempts.",
    }),
  }),
});

const UpdateMessagePayload = builder.objectRef<Message>("UpdateMessagePayload").implement({
  description: "Updated message.",
  fields: (t) => ({
    message: t.field({
      type: MessageNode,
      description: "Message after the update.",
      resolve: (message) => message,
    }),
  }),
});

const ContentPreviewInput = builder.inputType("ContentPreviewInput", {
  description: "Content to render, and the values to render it with.",
  fields: (t) => ({
    content: t.field({ type: ContentInput, required: true, description: "Content to render." }),
    recipient: t.field({
      type: RecipientInput,
      description:
        "Recipient whose name, address and variables are used; cannot be combined with `variables`.",
    }),
    variables: t.field({
      type: "JSONObject",
      description:
        "Values of variables, including `name` and `address`; cannot be combined with `recipient`.",
    }),
    contactId: t.id({
      description:
        "Contact whose name, address and variables are used; cannot be combined with `recipient` and " +
        "`variables`: con_…",
    }),
  }),
});

const TemplateVariable = builder
  .objectRef<ContentPreview["variables"][number]>("TemplateVariable")
  .implement({
    description: "Variable that the templates use.",
    fields: (t) => ({
      name: t.exposeString("name", {
        description: "Name of the variable, as written in the templates.",
      }),
      known: t.exposeBoolean("known", { description: "True if the input has a value for it." }),
    }),
  });

const ContentPreviewObject = builder.objectRef<ContentPreview>("ContentPreview").implement({
  description:
    "Content rendered for one recipient. A missing variable appears as its placeholder, such as " +
    "`{{ plan }}`.",
  fields: (t) => ({
    subject: t.exposeString("subject", { description: "Subject line." }),
    text: t.exposeString("text", { nullable: true, description: "Plain text; null if none." }),
    html: t.exposeString("html", { nullable: true, description: "HTML; null if none." }),
    variables: t.field({
      type: [TemplateVariable],
      description: "Variables that the templates use.",
      resolve: ({ variables }) => [...variables],
    }),
  }),
});

const SendTestMessageInput = builder.inputType("SendTestMessageInput", {
  description: "Content and recipient of a test message.",
  fields: (t) => ({
    channel: t.field({
      type: Channel,
      required: true,
      defaultValue: DEFAULT_CHANNEL,
      description: "Channel to send by.",
    }),
    content: t.field({
      type: ContentInput,
      description: "Content to send. Either `content` or `templateId`.",
    }),
    templateId: t.id({ description: "Id of a template, whose latest version is sent: tpl_…" }),
    to: t.field({ type: RecipientInput, required: true, description: "Recipient of the message." }),
  }),
});

const SendTestMessagePayload = builder.objectRef<Delivery>("SendTestMessagePayload").implement({
  description: "Test message that was created.",
  fields: (t) => ({
    delivery: t.field({
      type: DeliveryNode,
      description: "Delivery of the test message, not sent yet; watch it with `deliveriesUpdated`.",
      resolve: (delivery) => delivery,
    }),
  }),
});

builder.queryField("contentPreview", (t) =>
  t.field({
    type: ContentPreviewObject,
    nullable: true,
    errors: { union: { description: "Rendered content, or the error that prevented it." } },
    description:
      "Renders content for one recipient without sending it; `unsubscribe_url` is a sample link. " +
      "Templates that do not parse or render, or take more than 1 s of CPU time, are an " +
      "InvalidInputError.",
    args: {
      input: t.arg({
        type: ContentPreviewInput,
        required: true,
        description: "Content to render and the values for it.",
      }),
    },
    complexity: 20,
    resolve: (_root, { input: { contactId, ...input } }, { services, caller }) =>
      contactId == null ? previewContent(services, caller, input) : previewForContact(
        services,
        caller,
        input,
        fromTypeId("contact", contactId, ["contactId"]),
      ),
  }));

builder.mutationFields((t) => ({
  updateMessage: t.field({
    type: UpdateMessagePayload,
    nullable: true,
    errors: {},
    description:
      "Updates a message that has not been sent, or the retry settings of any message. If " +
      "`retry` is given and the mode is then AUTO, an ended message with retryable deliveries " +
      "starts a retry round at once, unless it is CANCELLED. Refuses title, content and `sendAt` " +
      "of a message that is not SCHEDULED: ConflictError ALREADY_RUNNING, or ALREADY_FINISHED " +
      "once it has ended. On any error nothing is changed.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the message: msg_…" }),
      input: t.arg({ type: UpdateMessageInput, required: true, description: "Changes to make." }),
    },
    resolve: (_root, { id, input }, { services, caller }) =>
      updateMessage(services, caller, fromTypeId("message", id), input),
  }),
  sendTestMessage: t.field({
    type: SendTestMessagePayload,
    nullable: true,
    errors: {},
    description:
      "Sends a message to one recipient now, in the lane TRANSACTIONAL, with the type `test` and " +
      "3 attempts. `unsubscribe_url` is a sample link without effect. Refuses invalid content or " +
      "an invalid recipient with InvalidInputError, and an unknown template with NotFoundError; " +
      "nothing is sent then.",
    args: {
      input: t.arg({
        type: SendTestMessageInput,
        required: true,
        description: "Content and recipient.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      sendTestMessage(services, caller, { ...input, templateId: chosenTemplate(input.templateId) }),
  }),
}));
