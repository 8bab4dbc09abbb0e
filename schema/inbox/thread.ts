import { findAnsweredMails } from "../../src/domain/inbox/answered_mail.ts";
import { suggestionsOf } from "../../src/domain/inbox/find.ts";
import { ThreadNode } from "../emails/thread.ts";
import { builder } from "../kit/builder.ts";
import { batchLoader } from "../kit/loader.ts";
import { SuggestionNode } from "./suggestion.ts";

const loadSuggestion = batchLoader(({ services }, threadIds) => suggestionsOf(services, threadIds));

const loadAnsweredMail = batchLoader(({ services, caller: { organizationId } }, threadIds) =>
  findAnsweredMails(services, organizationId, threadIds)
);

builder.objectField(ThreadNode, "replyTo", (t) =>
  t.string({
    description:
      "Address that `sendReply` writes to: the sender of the newest mail of a person, or the address " +
      "that it names for answers. Differs from `contactEmail` if another person wrote in the thread.",
    resolve: async ({ id, contactEmail }, _args, context) =>
      (await loadAnsweredMail(context, id))?.address ?? contactEmail,
  }));

builder.objectField(ThreadNode, "suggestion", (t) =>
  t.field({
    type: SuggestionNode,
    nullable: true,
    description: "Newest suggested reply; null if there is none.",
    resolve: ({ id, suggestion }, _args, context) =>
      suggestion !== undefined ? suggestion : loadSuggestion(context, id),
  }));

builder.objectField(SuggestionNode, "thread", (t) =>
  t.field({
    type: ThreadNode,
    description: "Thread that it belongs to.",
    resolve: ({ threadId }) => threadId,
  }));
