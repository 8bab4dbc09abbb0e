import { findContactsByAddress } from "../../src/domain/contacts/find.ts";
import type { Thread } from "../../src/domain/emails/email.ts";
import { findThreads } from "../../src/domain/emails/find.ts";
import { listThreads } from "../../src/domain/emails/list.ts";
import { suggestionsOf } from "../../src/domain/inbox/find.ts";
import { watchLists } from "../../src/domain/live/watch_list.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import type { Page } from "../../src/domain/page.ts";
import type { Services } from "../../src/domain/services.ts";
import { builder } from "../kit/builder.ts";
import { listChangeType } from "../kit/list_change.ts";
import { followNode } from "../kit/node_updated.ts";
import { ThreadFilter, threadFilter } from "./queries.ts";
import { ThreadNode, type ThreadState } from "./thread.ts";

followNode(
  ThreadNode,
  watchObjects<ThreadState>({
    noun: "thread",
    topic: "threads",
    load: async (services, ids) => await withParts(services, await findThreads(services, ids)),
    idOf: ({ id }) => id,
    visible: ({ organizationId }, thread) => thread.organizationId === organizationId,
    finished: () => false,
  }),
);

const watchThreads = watchLists({
  topic: "threads",
  idOf: ({ id }: ThreadState) => id,
  list: async (services, caller, filter: ReturnType<typeof threadFilter>, args) => {
    const page: Page<Thread> = await listThreads(services, caller, filter, args);
    const threads = await withParts(services, page.edges.map(({ node }) => node));
    const edges = page.edges.map((edge, index) => ({ ...edge, node: threads[index] ?? edge.node }));
    return { ...page, edges };
  },
});

// Contacts and suggestions are other rows than the thread's, so events must compare them, too.
async function withParts(services: Services, threads: readonly Thread[]): Promise<ThreadState[]> {
  const contacts = await findContactsByAddress(
    services,
    threads.map(({ organizationId, contactEmail }) => ({ organizationId, address: contactEmail })),
  );
  const suggestions = await suggestionsOf(services, threads.map(({ id }) => id));
  return threads.map((thread, index) => ({
    ...thread,
    contact: contacts[index] ?? null,
    suggestion: suggestions.get(thread.id) ?? null,
  }));
}

const ThreadChanges = listChangeType("thread", ThreadNode, "ThreadChanges");

builder.subscriptionField("threadsUpdated", (t) =>
  t.field({
    type: ThreadChanges,
    description:
      "Emits the first page of the matching threads, those that wait for an answer first, then the " +
      "changes of the list.",
    args: {
      filter: t.arg({ type: ThreadFilter, description: "Filter of the threads; absent: all." }),
    },
    subscribe: (_root, { filter }, { services, caller }) =>
      watchThreads(services, caller, threadFilter(filter)),
    resolve: (change) => change,
  }));
