import { watchLists } from "../../src/domain/live/watch_list.ts";
import type { Delivery } from "../../src/domain/deliveries/delivery.ts";
import {
  type DeliveryFilter as DeliveryFilterShape,
  listDeliveries,
} from "../../src/domain/deliveries/list.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { DeliveryNode } from "./delivery.ts";
import { checkFilter } from "../kit/filter.ts";
import { lookupId } from "../kit/global_id.ts";
import { listChangeType } from "../kit/list_change.ts";
import { DeliveryErrorType, DeliveryOrder, DeliveryStatus } from "./enums.ts";

export const DeliveryFilter = builder.inputType("DeliveryFilter", {
  description:
    "Which deliveries: fields are ANDed, values inside a field ORed. Absent or null: no " +
    "limit.",
  fields: (t) => ({
    messageId: t.id({ description: "Of this message: msg_…" }),
    statuses: t.field({ type: [DeliveryStatus], description: "In one of these states." }),
    errorTypes: t.field({
      type: [DeliveryErrorType],
      description: "Whose newest attempt met one of these.",
    }),
    retryable: t.boolean({ description: "Whether another attempt may mend them." }),
    types: t.stringList({ description: "Of messages of one of these types." }),
    search: t.string({ description: "Part of the address or name, whatever its case." }),
    dueBefore: t.field({ type: "DateTime", description: "Waiting, and due before that." }),
  }),
});

builder.queryFields((t) => ({
  delivery: t.field({
    type: DeliveryNode,
    nullable: true,
    description: "One delivery; null when there is none, or it is not yours to see.",
    args: { id: t.arg.id({ required: true, description: "dlv_…" }) },
    resolve: (_root, { id }) => lookupId("delivery", id),
  }),
  deliveries: t.connection({
    type: DeliveryNode,
    description: "The deliveries of the messages that you may see.",
    args: {
      filter: t.arg({ type: DeliveryFilter, required: true, description: "Which ones; {}: all." }),
      orderBy: t.arg({
        type: DeliveryOrder,
        defaultValue: "CREATED_ASC",
        description: "In which order.",
      }),
    },
    resolve: (_root, { filter, orderBy, ...page }, { services, caller }) =>
      listDeliveries(services, caller, deliveryFilter(filter), orderBy ?? "CREATED_ASC", page),
  }, ...connectionNames("Delivery")),
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
    description: "The first page of the deliveries that fit, then what changes in the list.",
    args: {
      filter: t.arg({ type: DeliveryFilter, required: true, description: "Which ones; {}: all." }),
    },
    subscribe: (_root, { filter }, { services, caller }) =>
      watchDeliveries(services, caller, deliveryFilter(filter)),
    resolve: (change) => change,
  }));

/** The filter as the domain takes it. @throws {InvalidInputError} @throws {NotFoundError} */
export function deliveryFilter(filter: typeof DeliveryFilter.$inferInput): DeliveryFilterShape {
  const { messageId, ...rest } = checkFilter(filter);
  const path = ["filter", "messageId"];
  return { ...rest, messageId: messageId == null ? null : fromTypeId("message", messageId, path) };
}
