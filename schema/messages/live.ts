import { watchLists } from "../../src/domain/live/watch_list.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import { readStats } from "../../src/domain/deliveries/stats.ts";
import { listMessages } from "../../src/domain/messages/list.ts";
import { isFinal, mayAccess, type Message } from "../../src/domain/messages/message.ts";
import { findMessages } from "../../src/domain/messages/queries.ts";
import type { Page } from "../../src/domain/page.ts";
import type { Services } from "../../src/domain/services.ts";
import { builder } from "../kit/builder.ts";
import { effectivenessById, errorTypesById } from "../deliveries/stats.ts";
import { listChangeOf } from "../kit/list_change.ts";
import { MessageNode, type MessageState } from "./message.ts";
import { MessageFilter, messageFilter } from "./queries.ts";

const watchMessage = watchObjects<MessageState>({
  noun: "message",
  topic: "messages",
  load: readStates,
  idOf: ({ id }) => id,
  visible: mayAccess,
  // What was in flight when a person cancelled it is still recorded.
  finished: ({ status, stats }) => isFinal(status) && (stats?.sending ?? 0) === 0,
});

const watchMessages = watchLists({
  topic: "messages",
  idOf: ({ id }: MessageState) => id,
  list: async (services, caller, filter: ReturnType<typeof messageFilter>, args) =>
    withStats(services, await listMessages(services, caller, filter, "CREATED_DESC", args)),
});

// Progress is in the figures, not in the message: they belong to what is compared and told. They are
// read after it, so that those of a finished message are final.
async function readStates(services: Services, ids: readonly string[]): Promise<MessageState[]> {
  const messages = await findMessages(services.db, ids);
  const [stats, errorTypes, effectiveness] = await Promise.all([
    readStats(services.db, ids),
    errorTypesById(services, ids),
    effectivenessById(services, ids),
  ]);
  return messages.map((message) => ({
    ...message,
    stats: stats.get(message.id),
    errorTypeCounts: errorTypes.get(message.id) ?? [],
    retryEffectiveness: effectiveness.get(message.id) ?? [],
  }));
}

async function withStats({ db }: Services, page: Page<Message>): Promise<Page<MessageState>> {
  const stats = await readStats(db, page.edges.map(({ node }) => node.id));
  const edges = page.edges.map(({ node, cursor }) => ({
    node: { ...node, stats: stats.get(node.id) },
    cursor,
  }));
  return { ...page, edges };
}

const MessageChanges = listChangeOf("message", MessageNode, "MessageChanges");

builder.subscriptionFields((t) => ({
  messageUpdated: t.field({
    type: MessageNode,
    description:
      "A message as it stands, then whenever it or its figures change; ends with it, once " +
      "nothing of it is in flight.",
    args: {
      id: t.arg.id({ required: true, description: "msg_…" }),
      untilFinished: t.arg.boolean({
        defaultValue: true,
        description: "false: go on, in case its deliveries are tried again.",
      }),
    },
    subscribe: (_root, { id, untilFinished }, { services, caller }) =>
      watchMessage(services, caller, id, untilFinished ?? true),
    resolve: (message) => message,
  }),
  messagesUpdated: t.field({
    type: MessageChanges,
    description: "The first page of the messages that fit, newest first, then what changes in it.",
    args: { filter: t.arg({ type: MessageFilter, description: "Which ones; absent: all." }) },
    subscribe: (_root, { filter }, { services, caller }) =>
      watchMessages(services, caller, messageFilter(filter)),
    resolve: (change) => change,
  }),
}));
