import type { Delivery } from "../../src/domain/deliveries/delivery.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import type { Message } from "../../src/domain/messages/message.ts";
import { type ContentPreview, previewContent } from "../../src/domain/messages/preview.ts";
import { sendTestMessage } from "../../src/domain/messages/test_message.ts";
import { updateMessage } from "../../src/domain/messages/update.ts";
import { builder } from "../kit/builder.ts";
import { ContentInput } from "./content.ts";
import { DeliveryNode } from "../deliveries/delivery.ts";
import { MessageNode } from "./message.ts";
import { Channel, RetryMode } from "./enums.ts";
import { RecipientInput } from "./mutations.ts";

const UpdateRetryInput = builder.inputType("UpdateRetryInput", {
  description: "How failed deliveries are tried again; what is absent stays as it is.",
  fields: (t) => ({
    mode: t.field({ type: RetryMode, description: "When they are tried again." }),
    maxAttempts: t.int({ description: "Attempts per recipient at most, 1 to 10." }),
  }),
});

const UpdateMessageInput = builder.inputType("UpdateMessageInput", {
  description: "What changes of a message; what is absent stays as it is.",
  fields: (t) => ({
    title: t.string({
      description: "As people call it: 1 to 200 characters. While the message is SCHEDULED.",
    }),
    content: t.field({
      type: ContentInput,
      description: "What it says, all parts anew. While the message is SCHEDULED.",
    }),
    sendAt: t.field({
      type: "DateTime",
      description: "When it goes out; null: at once. While the message is SCHEDULED.",
    }),
    retry: t.field({
      type: UpdateRetryInput,
      description: "How failed deliveries are tried again; null: by a person, 3 attempts. At any " +
        "time.",
    }),
  }),
});

const UpdateMessagePayload = builder.objectRef<Message>("UpdateMessagePayload").implement({
  description: "The message that was changed.",
  fields: (t) => ({
    message: t.field({
      type: MessageNode,
      description: "The message as it is now.",
      resolve: (message) => message,
    }),
  }),
});

const ContentPreviewInput = builder.inputType("ContentPreviewInput", {
  description: "What is to be rendered, and for whom: a recipient, variables alone, or nobody.",
  fields: (t) => ({
    content: t.field({ type: ContentInput, required: true, description: "What it says." }),
    recipient: t.field({ type: RecipientInput, description: "For this one." }),
    variables: t.field({
      type: "JSONObject",
      description: "With these values, `name` and `address` among them; not beside `recipient`.",
    }),
  }),
});

const TemplateVariable = builder
  .objectRef<ContentPreview["variables"][number]>("TemplateVariable")
  .implement({
    description: "A variable that templates name.",
    fields: (t) => ({
      name: t.exposeString("name", { description: "As it stands in the templates." }),
      known: t.exposeBoolean("known", { description: "Whether there was a value for it." }),
    }),
  });

const ContentPreviewObject = builder.objectRef<ContentPreview>("ContentPreview").implement({
  description: "What one recipient would get. A value that is missing shows as `{{ name }}`.",
  fields: (t) => ({
    subject: t.exposeString("subject", { description: "The subject line." }),
    text: t.exposeString("text", { nullable: true, description: "The plain text; null: none." }),
    html: t.exposeString("html", { nullable: true, description: "The HTML; null: none." }),
    variables: t.field({
      type: [TemplateVariable],
      description: "All variables that the templates name.",
      resolve: ({ variables }) => [...variables],
    }),
  }),
});

const SendTestMessageInput = builder.inputType("SendTestMessageInput", {
  description: "What is sent once, and to whom.",
  fields: (t) => ({
    channel: t.field({
      type: Channel,
      required: true,
      defaultValue: "EMAIL",
      description: "How it goes out.",
    }),
    content: t.field({ type: ContentInput, required: true, description: "What it says." }),
    to: t.field({ type: RecipientInput, required: true, description: "Whom it goes to." }),
  }),
});

const SendTestMessagePayload = builder.objectRef<Delivery>("SendTestMessagePayload").implement({
  description: "The one delivery of a test message.",
  fields: (t) => ({
    delivery: t.field({
      type: DeliveryNode,
      description: "On its way: watch it with `deliveriesUpdated`, or read it again.",
      resolve: (delivery) => delivery,
    }),
  }),
});

builder.queryField("contentPreview", (t) =>
  t.field({
    type: ContentPreviewObject,
    nullable: true,
    errors: { union: { description: "The rendered content, or why it cannot be rendered." } },
    description:
      "Renders a content for one recipient; nothing is sent, and `unsubscribe_url` is a sample.",
    args: {
      input: t.arg({ type: ContentPreviewInput, required: true, description: "What, for whom." }),
    },
    complexity: 20,
    resolve: (_root, { input }) => previewContent(input),
  }));

builder.mutationFields((t) => ({
  updateMessage: t.field({
    type: UpdateMessagePayload,
    nullable: true,
    errors: {},
    description:
      "Changes what has not gone out yet, and how failed deliveries are tried again. An " +
      "ended message whose retry becomes AUTO, or is AUTO and allows more attempts, tries again at once.",
    args: {
      id: t.arg.id({ required: true, description: "msg_…" }),
      input: t.arg({ type: UpdateMessageInput, required: true, description: "What changes." }),
    },
    resolve: (_root, { id, input }, { services, caller }) =>
      updateMessage(services, caller, fromTypeId("message", id), input),
  }),
  sendTestMessage: t.field({
    type: SendTestMessagePayload,
    nullable: true,
    errors: {},
    description:
      "Sends one mail now, ahead of all bulk, as a message of the type test. It unsubscribes " +
      "nobody: `unsubscribe_url` is a sample.",
    args: {
      input: t.arg({ type: SendTestMessageInput, required: true, description: "What, to whom." }),
    },
    resolve: (_root, { input }, { services, caller }) => sendTestMessage(services, caller, input),
  }),
}));
