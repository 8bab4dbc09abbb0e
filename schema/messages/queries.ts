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
  description:
    "Filter of messages: all fields must match, within a list any value. Absent or null: no " +
    "limit; an empty list is an InvalidInputError.",
  fields: (t) => ({
    ids: t.idList({ description: "Ids of messages: msg_…" }),
    statuses: t.field({ type: [MessageStatus], description: "States of the message." }),
    channels: t.field({ type: [Channel], description: "Channels of the message." }),
    types: t.stringList({ description: "Types of the message." }),
    excludedTypes: t.stringList({
      description:
        "Types to exclude: quote_customer and quote_admin, for example, are the mails of quotes.",
    }),
    withFailures: t.boolean({
      description: "True: with deliveries that are FAILED, UNKNOWN or BOUNCED; false: without.",
    }),
    search: t.string({ description: "Part of the title, case-insensitive." }),
    createdFrom: t.field({ type: "DateTime", description: "Created at this time or later." }),
    createdTo: t.field({ type: "DateTime", description: "Created before this time." }),
  }),
});

/**
 * Converts a filter of messages to its domain form.
 *
 * @throws {InvalidInputError} for an empty or too long list, and for the id of another noun
 * @throws {NotFoundError} naming the values that are not ids
 */
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
    description: "Message with this id; null if it does not exist or the caller may not see it.",
    args: { id: t.arg.id({ required: true, description: "Id of the message: msg_…" }) },
    resolve: (_root, { id }) => lookupId("message", id),
  }),
  messages: t.connection({
    type: MessageNode,
    description:
      "Messages that the caller may see: its own for a MEMBER, else all of the organization.",
    args: {
      filter: t.arg({ type: MessageFilter, description: "Filter of the messages; absent: all." }),
      orderBy: t.arg({
        type: MessageOrder,
        defaultValue: "CREATED_DESC",
        description: "Order of the list.",
      }),
    },
    resolve: (_root, { filter, orderBy, ...page }, { services, caller }) =>
      listMessages(services, caller, messageFilter(filter), orderBy ?? "CREATED_DESC", page),
  }, ...connectionNames("Message")),
}));
