import { editSuggestion } from "../../src/domain/inbox/edit.ts";
import {
  regenerateSuggestions,
  type StartedRegeneration,
} from "../../src/domain/inbox/start_regeneration.ts";
import type { Suggestion } from "../../src/domain/inbox/suggestion.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import { ThreadNode } from "../emails/thread.ts";
import { JobNode } from "../jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { SuggestionNode } from "./suggestion.ts";

const EditSuggestionPayload = builder.objectRef<Suggestion>("EditSuggestionPayload").implement({
  description: "Suggested reply that was edited.",
  fields: (t) => ({
    suggestion: t.field({
      type: SuggestionNode,
      description: "Suggestion after the edit.",
      resolve: (suggestion) => suggestion,
    }),
  }),
});

const RegenerateSuggestionsPayload = builder
  .objectRef<StartedRegeneration>("RegenerateSuggestionsPayload")
  .implement({
    description: "Threads whose suggested replies are regenerated.",
    fields: (t) => ({
      threads: t.field({
        type: [ThreadNode],
        description: "All threads, in the order of the ids, each with its present suggestion.",
        resolve: ({ threadIds }) => [...threadIds],
      }),
      job: t.field({
        type: JobNode,
        nullable: true,
        description:
          "Job that regenerates the replies of more than 20 threads; null for fewer, which are " +
          "queued already.",
        resolve: ({ jobId }) => jobId,
      }),
    }),
  });

builder.mutationFields((t) => ({
  editSuggestion: t.field({
    type: EditSuggestionPayload,
    nullable: true,
    errors: {},
    description:
      "Saves a person's edit of a suggested reply, which neither the model nor a new mail " +
      "replaces. Saving the original text removes the edit. A repeated call changes nothing. " +
      "Refuses a suggestion that was sent or replaced with ConflictError ALREADY_FINISHED, and one " +
      "whose stored text differs from `replaces` with ConflictError CHANGED.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the suggestion: sug_…" }),
      text: t.arg.string({ required: true, description: "Text, at most 50,000 characters." }),
      replaces: t.arg.string({
        description:
          "Text before the edit: `editedText`, or else `text`. Null: the edit replaces any " +
          "text, also that of another person.",
      }),
    },
    resolve: (_root, { id, text, replaces }, { services, caller }) =>
      editSuggestion(services, caller, fromTypeId("suggestion", id), text, replaces ?? null),
  }),
  regenerateSuggestions: t.field({
    type: RegenerateSuggestionsPayload,
    nullable: true,
    errors: {},
    description:
      "Regenerates the suggested replies of threads: up to 20 immediately, more by one job with " +
      "progress. Refuses threads whose suggestion a person has edited with ConflictError CHANGED, " +
      "which names them, and threads without a mail of a person with NOT_STARTABLE; nothing is " +
      "changed then.",
    args: {
      threadIds: t.arg.idList({
        required: true,
        description: "Ids of the threads, 1 to 1,000: thr_…",
      }),
      instruction: t.arg.string({
        description: "Instruction for the new texts, at most 500 characters: friendlier, shorter.",
      }),
    },
    resolve: (_root, { threadIds, instruction }, { services, caller }) =>
      regenerateSuggestions(services, caller, threadIds, instruction ?? null),
  }),
}));
