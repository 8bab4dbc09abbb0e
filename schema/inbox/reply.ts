import { fromTypeId } from "../../src/domain/id.ts";
import { rateSuggestion } from "../../src/domain/inbox/rate.ts";
import { sendReply, type SentReply } from "../../src/domain/inbox/send_reply.ts";
import type { Suggestion } from "../../src/domain/inbox/suggestion.ts";
import { DeliveryNode } from "../deliveries/delivery.ts";
import { ThreadNode } from "../emails/thread.ts";
import { builder } from "../kit/builder.ts";
import { SuggestionNode } from "./suggestion.ts";

const SendReplyInput = builder.inputType("SendReplyInput", {
  description: "Reply to the newest mail of a thread.",
  fields: (t) => ({
    text: t.string({
      required: true,
      description: "Plain text, 1 to 50,000 characters; sent as given, not as a template.",
    }),
    suggestionId: t.id({
      description:
        "Suggestion that the text is based on: sug_…; its outcome becomes SENT_AS_IT_WAS or " +
        "EDITED. Absent: the outcome of the thread's suggestion becomes ANSWERED_WITHOUT.",
    }),
    idempotencyKey: t.string({
      description: "Key of the reply, 1 to 200 characters: a second call returns the first reply.",
    }),
  }),
});

const SendReplyPayload = builder.objectRef<SentReply>("SendReplyPayload").implement({
  description: "Reply that was queued, or found.",
  fields: (t) => ({
    thread: t.field({
      type: ThreadNode,
      description: "The answered thread.",
      resolve: ({ thread }) => thread,
    }),
    delivery: t.field({
      type: DeliveryNode,
      description: "Delivery of the reply, which shows whether it was sent.",
      resolve: ({ deliveryId }) => deliveryId,
    }),
    created: t.exposeBoolean("created", {
      description: "False if an earlier reply has this idempotency key.",
    }),
  }),
});

const RateSuggestionInput = builder.inputType("RateSuggestionInput", {
  description: "Rating of a suggested reply.",
  fields: (t) => ({
    good: t.boolean({ required: true, description: "True: thumbs up; false: thumbs down." }),
    comment: t.string({ description: "Reason, at most 2,000 characters." }),
  }),
});

const RateSuggestionPayload = builder.objectRef<Suggestion>("RateSuggestionPayload").implement({
  description: "Suggested reply that was rated.",
  fields: (t) => ({
    suggestion: t.field({
      type: SuggestionNode,
      description: "Suggestion with its rating.",
      resolve: (suggestion) => suggestion,
    }),
  }),
});

builder.mutationFields((t) => ({
  sendReply: t.field({
    type: SendReplyPayload,
    nullable: true,
    errors: {},
    description:
      "Sends a reply in a thread, as a message of the type `reply` with In-Reply-To and " +
      "References: to the Reply-To address of its newest mail, or else to the sender. Allowed for " +
      "all roles. Ends the suggestion of the thread, whose outcome is measured against the text. " +
      "Refuses a suggestion that was sent or replaced with ConflictError ALREADY_FINISHED, and an " +
      "idempotency key that was used for another text with CHANGED.",
    args: {
      threadId: t.arg.id({ required: true, description: "Id of the thread: thr_…" }),
      input: t.arg({ type: SendReplyInput, required: true, description: "The reply." }),
    },
    resolve: (_root, { threadId, input }, { services, caller }) =>
      sendReply(services, caller, fromTypeId("thread", threadId), {
        ...input,
        suggestionId: input.suggestionId == null
          ? null
          : fromTypeId("suggestion", input.suggestionId, ["input", "suggestionId"]),
      }),
  }),
  rateSuggestion: t.field({
    type: RateSuggestionPayload,
    nullable: true,
    errors: {},
    description: "Stores a rating of a suggested reply, which replaces an earlier one.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the suggestion: sug_…" }),
      input: t.arg({ type: RateSuggestionInput, required: true, description: "Rating." }),
    },
    resolve: (_root, { id, input }, { services, caller }) =>
      rateSuggestion(services, caller, fromTypeId("suggestion", id), input),
  }),
}));
