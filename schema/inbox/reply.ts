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
      description: "Text as it is sent, 1 to 50,000 characters; not a template.",
    }),
    suggestionId: t.id({
      description:
        "Suggestion that the text was made from: sug_…; its outcome is SENT_AS_IT_WAS or EDITED then. " +
        "Absent: the thread is answered without one.",
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
  description: "Opinion about a suggested reply.",
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
      "Sends a reply in a thread: a mail to the sender of its newest mail, or to the address that this " +
      "names for answers, with the headers that continue the thread. It is a message of the type " +
      "`reply`. Every MEMBER may. Ends the suggestion of the thread, which is measured by the text. " +
      "Refuses a suggestion that was sent or replaced with ConflictError ALREADY_FINISHED, and another " +
      "text under a known idempotency key with CHANGED.",
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
    description: "Stores an opinion about a suggested reply, in place of an earlier one.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the suggestion: sug_…" }),
      input: t.arg({ type: RateSuggestionInput, required: true, description: "The opinion." }),
    },
    resolve: (_root, { id, input }, { services, caller }) =>
      rateSuggestion(services, caller, fromTypeId("suggestion", id), input),
  }),
}));
