import { watchSuggestion } from "../../src/domain/inbox/watch_suggestion.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import { builder } from "../kit/builder.ts";
import { SuggestionNode } from "./suggestion.ts";

builder.subscriptionField("suggestionUpdated", (t) =>
  t.field({
    type: SuggestionNode,
    description:
      "Emits the suggested reply of a thread, then each change of it, at most four a second while the " +
      "model writes, and each newer suggestion. Emits nothing before the thread has one. An unknown " +
      "thread is refused with NOT_FOUND.",
    args: {
      threadId: t.arg.id({ required: true, description: "Id of the thread: thr_…" }),
    },
    subscribe: (_root, { threadId }, { services, caller }) =>
      watchSuggestion(services, caller, fromTypeId("thread", threadId, ["threadId"])),
    resolve: (suggestion) => suggestion,
  }));
