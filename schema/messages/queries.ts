import {
  listMessages,
  type MessageFilter as MessageFilterShape,
} from "../../src/domain/messages/list.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { checkFilter, filterIds } from "../kit/filter.ts";
import { lookupId } from "../kit/global_id.ts";
import { MessageNode } from "./message.ts";
import { Channel, MessageOrder, MessageStatus } from "./enums.ts";

export const MessageFilter = builder.inputType("MessageFilter", {
  description: "Which messages: fields are ANDed, values inside a field ORed. Absent or null: no " +
    "limit.",
  fields: (t) => ({
    ids: t.idList({ description: "These." }),
    statuses: t.field({ type: [MessageStatus], description: "In one of these states." }),
    channels: t.field({ type: [Channel], description: "By one of these channels." }),
    types: t.stringList({ description: "Of one of these types." }),
    withFailures: t.boolean({
      description: "true: some delivery failed, came back or is unknown; false: none.",
    }),
    search: t.string({ description: "Part of the title, whatever its case." }),
    createdFrom: t.field({ type: "DateTime", description: "Made then or later." }),
    createdTo: t.field({ type: "DateTime", description: "Made before that." }),
  }),
});

/** As the domain takes it. @throws {InvalidInputError} for empty lists and ids of other nouns */
export function messageFilter(
  filter: typeof MessageFilter.$inferInput | null | undefined,
): MessageFilterShape {
  const checked = checkFilter(filter);
  return { ...checked, ids: filterIds("message", "ids", checked.ids) };
}

builder.queryFields((t) => ({
  message: t.field({
    type: MessageNode,
    nullable: true,
    description: "One message; null when there is none, or it is not yours to see.",
    args: { id: t.arg.id({ required: true, description: "msg_…" }) },
    resolve: (_root, { id }) => lookupId("message", id),
  }),
  messages: t.connection({
    type: MessageNode,
    description: "The messages that you may see: your own, or all of the organization.",
    args: {
      filter: t.arg({ type: MessageFilter, description: "Which ones; absent: all." }),
      orderBy: t.arg({
        type: MessageOrder,
        defaultValue: "CREATED_DESC",
        description: "In which order.",
      }),
    },
    resolve: (_root, { filter, orderBy, ...page }, { services, caller }) =>
      listMessages(services, caller, messageFilter(filter), orderBy ?? "CREATED_DESC", page),
  }, ...connectionNames("Message")),
}));
