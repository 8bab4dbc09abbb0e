import { watchLists } from "../../src/domain/live/watch_list.ts";
import type { Delivery } from "../../src/domain/deliveries/delivery.ts";
import {
  type DeliveryFilter as DeliveryFilterShape,
  listDeliveries,
} from "../../src/domain/deliveries/list.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { DeliveryNode } from "./delivery.ts";
import { checkFilter, filterId, filterIds } from "../kit/filter.ts";
import { lookupId } from "../kit/global_id.ts";
import { listChangeType } from "../kit/list_change.ts";
import { DeliveryErrorType, DeliveryOrder, DeliveryStatus } from "./enums.ts";

export const DeliveryFilter = builder.inputType("DeliveryFilter", {
  description:
    "Filter of deliveries: all fields must match, within a list any value. Absent or null: no " +
    "limit; an empty list is an InvalidInputError.",
  fields: (t) => ({
    ids: t.idList({ description: "Ids of deliveries: dlv_…" }),
    messageId: t.id({ description: "Id of the message: msg_…" }),
    statuses: t.field({ type: [DeliveryStatus], description: "States of the delivery." }),
    errorTypes: t.field({
      type: [DeliveryErrorType],
      description: "Types of its last error.",
    }),
    retryable: t.boolean({ description: "True: `retryable` deliveries; false: all others." }),
    attempts: t.intList({ description: "Numbers of attempts so far, as in `attemptCount`." }),
    providers: t.stringList({
      description: "Providers that accepted the delivery, or were tried last, as in `provider`.",
    }),
    problemId: t.id({ description: "Problem that its last failure belongs to: prb_…" }),
    contactId: t.id({ description: "Contact that it was sent to, at any address of it: con_…" }),
    types: t.stringList({ description: "Types of its message." }),
    search: t.string({ description: "Part of the address or the name, case-insensitive." }),
    dueBefore: t.field({
      type: "DateTime",
      description: "PENDING or SENDING, and due before this time.",
    }),
    createdFrom: t.field({ type: "DateTime", description: "Created at this time or later." }),
    createdTo: t.field({ type: "DateTime", description: "Created before this time." }),
    failedFrom: t.field({
      type: "DateTime",
      description: "`failedAt` is this time or later.",
    }),
    failedTo: t.field({ type: "DateTime", description: "`failedAt` is before this time." }),
  }),
});

const [CONNECTION, EDGE] = connectionNames("Delivery");

/** Page of deliveries, of all lists of deliveries. */
export const DeliveryConnection = builder.connectionObject(
  { type: DeliveryNode, ...CONNECTION },
  EDGE,
);

builder.queryFields((t) => ({
  delivery: t.field({
    type: DeliveryNode,
    nullable: true,
    description: "Delivery with this id; null if it does not exist or the caller may not see it.",
    args: { id: t.arg.id({ required: true, description: "Id of the delivery: dlv_…" }) },
    resolve: (_root, { id }) => lookupId("delivery", id),
  }),
  deliveries: t.connection({
    type: DeliveryNode,
    description: "Deliveries of the messages that the caller may see.",
    args: {
      filter: t.arg({
        type: DeliveryFilter,
        required: true,
        description: "Filter of the deliveries; {}: all.",
      }),
      orderBy: t.arg({
        type: DeliveryOrder,
        defaultValue: "CREATED_ASC",
        description: "Order of the list.",
      }),
    },
    resolve: (_root, { filter, orderBy, ...page }, { services, caller }) =>
      listDeliveries(services, caller, deliveryFilter(filter), orderBy ?? "CREATED_ASC", page),
  }, DeliveryConnection),
}));

const watchDeliveries = watchLists({
  topic: "deliveries",
  idOf: ({ id }: Delivery) => id,
  list: (services, caller, filter: DeliveryFilterShape, page) =>
    listDeliveries(services, caller, filter, "CREATED_ASC", page),
});

const DeliveryChanges = listChangeType("delivery", DeliveryNode, "DeliveryChanges");

builder.subscriptionField("deliveriesUpdated", (t) =>
  t.field({
    type: DeliveryChanges,
    description:
      "Emits the first page of the matching deliveries, in the order of creation, then the " +
      "changes of the list.",
    args: {
      filter: t.arg({
        type: DeliveryFilter,
        required: true,
        description: "Filter of the deliveries; {}: all.",
      }),
    },
    subscribe: (_root, { filter }, { services, caller }) =>
      watchDeliveries(services, caller, deliveryFilter(filter)),
    resolve: (change) => change,
  }));

/**
 * Converts a filter of deliveries to its domain form.
 *
 * @throws {InvalidInputError} for an empty or too long list, and for the id of another noun
 * @throws {NotFoundError} for `ids`, a `messageId`, a `problemId` and a `contactId` that are not ids
 */
export function deliveryFilter(filter: typeof DeliveryFilter.$inferInput): DeliveryFilterShape {
  const { ids, messageId, problemId, contactId, ...rest } = checkFilter(filter);
  return {
    ...rest,
    ids: filterIds("delivery", "ids", ids),
    messageId: filterId("message", "messageId", messageId),
    problemId: filterId("problem", "problemId", problemId),
    contactId: filterId("contact", "contactId", contactId),
  };
}
