import { watchLists } from "../../src/domain/live/watch_list.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import { readStats } from "../../src/domain/deliveries/stats.ts";
import { listMessages } from "../../src/domain/messages/list.ts";
import { isFinal, mayAccess, type Message } from "../../src/domain/messages/message.ts";
import { findMessages } from "../../src/domain/messages/find.ts";
import { readMessageWaits } from "../../src/domain/messages/waiting.ts";
import type { Page } from "../../src/domain/page.ts";
import type { Services } from "../../src/domain/services.ts";
import { builder } from "../kit/builder.ts";
import { effectivenessById, errorTypesById } from "../deliveries/stats.ts";
import { listChangeType } from "../kit/list_change.ts";
import { followNode } from "../kit/node_updated.ts";
import { MessageNode, type MessageState } from "./message.ts";
import { MessageFilter, messageFilter } from "./queries.ts";

const watchMessage = watchObjects<MessageState>({
  noun: "message",
  topic: "messages",
  load: readStates,
  idOf: ({ id }) => id,
  visible: mayAccess,
  // Results of deliveries in flight are recorded even after the message was cancelled.
  finished: ({ status, stats }) => isFinal(status) && (stats?.sending ?? 0) === 0,
});

followNode(MessageNode, watchMessage);

const watchMessages = watchLists({
  topic: "messages",
  idOf: ({ id }: MessageState) => id,
  list: async (services, caller, filter: ReturnType<typeof messageFilter>, args) =>
    withState(services, await listMessages(services, caller, filter, "CREATED_DESC", args)),
});

// Progress and waits change other rows than the message's, so events must compare them too. They are read
// after the message, so that a finished message has its final statistics.
async function readStates(services: Services, ids: readonly string[]): Promise<MessageState[]> {
  const messages = await findMessages(services.db, ids);
  const [waits, stats, errorTypes, effectiveness] = await Promise.all([
    readMessageWaits(services.db, ids),
    readStats(services.db, ids),
    errorTypesById(services, ids),
    effectivenessById(services, ids),
  ]);
  return messages.map((message) => ({
    ...message,
    waitingFor: waits.get(message.id) ?? null,
    stats: stats.get(message.id),
    errorTypeCounts: errorTypes.get(message.id) ?? [],
    retryEffectiveness: effectiveness.get(message.id) ?? [],
  }));
}

async function withState({ db }: Services, page: Page<Message>): Promise<Page<MessageState>> {
  const ids = page.edges.map(({ node }) => node.id);
  const [waits, stats] = await Promise.all([readMessageWaits(db, ids), readStats(db, ids)]);
  const edges = page.edges.map(({ node, cursor }) => ({
    node: { ...node, waitingFor: waits.get(node.id) ?? null, stats: stats.get(node.id) },
    cursor,
  }));
  return { ...page, edges };
}

const MessageChanges = listChangeType("message", MessageNode, "MessageChanges");

builder.subscriptionFields((t) => ({
  messageUpdated: t.field({
    type: MessageNode,
    description:
      "Emits the message in its current state, then after each change of the message, its stats " +
      "or its wait. Completes once the message has ended and none of its deliveries is SENDING.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the message: msg_…" }),
      untilFinished: t.arg.boolean({
        defaultValue: true,
        description:
          "False: stay open after the end, because deliveries may be retried. Default true.",
      }),
    },
    subscribe: (_root, { id, untilFinished }, { services, caller }) =>
      watchMessage(services, caller, id, untilFinished ?? true),
    resolve: (message) => message,
  }),
  messagesUpdated: t.field({
    type: MessageChanges,
    description:
      "Emits the first page of the matching messages, newest first, then the changes of the " +
      "list.",
    args: {
      filter: t.arg({ type: MessageFilter, description: "Filter of the messages; absent: all." }),
    },
    subscribe: (_root, { filter }, { services, caller }) =>
      watchMessages(services, caller, messageFilter(filter)),
    resolve: (change) => change,
  }),
}));
