import { type MessagePreview, previewMessage } from "../../src/domain/messages/preview.ts";
import { builder } from "../kit/builder.ts";
import { messageInput, SendMessageInput } from "./mutations.ts";

const MessagePreviewObject = builder.objectRef<MessagePreview>("MessagePreview").implement({
  description: "Recipients and providers that a message would have if it were sent now.",
  fields: (t) => ({
    recipientCount: t.exposeInt("recipientCount", {
      description: "Number of recipients with different addresses, including the suppressed ones.",
    }),
    duplicates: t.exposeInt("duplicateCount", {
      description:
        "Number of recipients of `to.list` that would be left out, because their address occurs " +
        "earlier in the list.",
    }),
    suppressed: t.exposeInt("suppressedCount", {
      description:
        "Number of recipients on the suppression list, to whom nothing would be sent. Unsubscribed " +
        "ones count for an `unsubscribable` message only.",
    }),
    withoutAddress: t.exposeInt("withoutAddressCount", {
      nullable: true,
      description:
        "Number of selected contacts without an address on the channel, which would not receive it; " +
        "null if it is not sent to contacts.",
    }),
    providers: t.exposeStringList("providers", {
      description:
        "Names of the enabled providers of the channel, in order of preference: the first healthy " +
        "one is used. Empty: the message waits, unless `captured`.",
    }),
    captured: t.exposeBoolean("captured", {
      description:
        "True: emails are written to files instead of being sent, because no mail server is " +
        "configured.",
    }),
    minDurationMs: t.exposeFloat("minDurationMs", {
      nullable: true,
      description:
        "Shortest time that the limit of the first provider allows for all recipients, in ms, if " +
        "nothing else is sent; null: it has no limit.",
    }),
  }),
});

builder.queryField("messagePreview", (t) =>
  t.field({
    type: MessagePreviewObject,
    nullable: true,
    errors: { union: { description: "Preview of the message, or the error that prevented it." } },
    description:
      "Checks the input of `sendMessage` and counts its recipients, without sending or storing " +
      "anything. Refuses what `sendMessage` refuses: invalid input with InvalidInputError, an " +
      "unknown audience or template with NotFoundError.",
    args: {
      input: t.arg({
        type: SendMessageInput,
        required: true,
        description: "Fields of the message, as for `sendMessage`.",
      }),
    },
    complexity: 20,
    resolve: (_root, { input }, { services, caller }) =>
      previewMessage(services, caller, messageInput(input)),
  }));
