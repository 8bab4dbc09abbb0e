import { suggestionsOf } from "../../src/domain/inbox/find.ts";
import { ThreadNode } from "../emails/thread.ts";
import { builder } from "../kit/builder.ts";
import { batchLoader } from "../kit/loader.ts";
import { SuggestionNode } from "./suggestion.ts";

const loadSuggestion = batchLoader(({ services }, threadIds) => suggestionsOf(services, threadIds));

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
