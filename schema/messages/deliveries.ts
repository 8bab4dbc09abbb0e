import { listDeliveries } from "../../src/domain/deliveries/list.ts";
import { invalid } from "../../src/domain/errors.ts";
import { DeliveryNode } from "../deliveries/delivery.ts";
import { DeliveryOrder } from "../deliveries/enums.ts";
import { DeliveryConnection, DeliveryFilter, deliveryFilter } from "../deliveries/queries.ts";
import { builder } from "../kit/builder.ts";
import { MessageNode } from "./message.ts";

// In a file of its own, because a delivery has a field of its message, too.
builder.objectField(MessageNode, "deliveries", (t) =>
  t.connection({
    type: DeliveryNode,
    description: "Deliveries of the message.",
    args: {
      filter: t.arg({
        type: DeliveryFilter,
        description: "Filter of the deliveries, without `messageId`; absent: all.",
      }),
      orderBy: t.arg({
        type: DeliveryOrder,
        defaultValue: "CREATED_ASC",
        description: "Order of the list.",
      }),
    },
    resolve: ({ id }, { filter, orderBy, ...page }, { services, caller }) => {
      const { messageId, ...rest } = deliveryFilter(filter ?? {});
      if (messageId != null) {
        const message = "cannot be given: the list is that of one message";
        throw invalid(["filter", "messageId"], "NOT_APPLICABLE", message);
      }
      const order = orderBy ?? "CREATED_ASC";
      return listDeliveries(services, caller, { ...rest, messageId: id }, order, page);
    },
  }, DeliveryConnection));
