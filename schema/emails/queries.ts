import {
  listThreads,
  type ThreadFilter as ThreadFilterShape,
} from "../../src/domain/emails/list.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { checkFilter } from "../kit/filter.ts";
import { lookupId } from "../kit/global_id.ts";
import { SuggestionStatus } from "../inbox/enums.ts";
import { ThreadNode } from "./thread.ts";

export const ThreadFilter = builder.inputType("ThreadFilter", {
  description:
    "Filter of threads: all fields must match. Absent or null: no limit; an empty list is an " +
    "InvalidInputError.",
  fields: (t) => ({
    answered: t.boolean({
      description:
        "False: threads in which a mail of a person waits for an answer; true: all others.",
    }),
    vip: t.boolean({
      description: "True: threads with contacts marked as important; false: all others.",
    }),
    suggestionStatuses: t.field({
      type: [SuggestionStatus],
      description: "States of the newest suggested reply.",
    }),
    search: t.string({
      description:
        "Words that all occur in the subject, addresses or text of one mail of the thread, " +
        "case-insensitive. The last word also matches as a prefix.",
    }),
  }),
});

/**
 * Converts a filter of threads to its domain form.
 *
 * @throws {InvalidInputError} for an empty or too long list, and for a search of more than 1,000 characters
 */
export function threadFilter(
  filter: typeof ThreadFilter.$inferInput | null | undefined,
): ThreadFilterShape {
  return checkFilter(filter);
}

builder.queryFields((t) => ({
  thread: t.field({
    type: ThreadNode,
    nullable: true,
    description: "Thread with this id; null if it does not exist.",
    args: { id: t.arg.id({ required: true, description: "Id of the thread: thr_…" }) },
    resolve: (_root, { id }) => lookupId("thread", id),
  }),
  threads: t.connection({
    type: ThreadNode,
    description:
      "Threads of the organization: those that wait for an answer first, then newest first; visible to " +
      "all roles.",
    args: {
      filter: t.arg({ type: ThreadFilter, description: "Filter of the threads; absent: all." }),
    },
    resolve: (_root, { filter, ...page }, { services, caller }) =>
      listThreads(services, caller, threadFilter(filter), page),
  }, ...connectionNames("Thread")),
}));
