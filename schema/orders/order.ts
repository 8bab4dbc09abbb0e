import { listOrders, ordersById } from "../../src/domain/orders/find.ts";
import type { Order } from "../../src/domain/orders/order.ts";
import { moneyOf } from "../../src/domain/money.ts";
import { emptyPage } from "../../src/domain/page.ts";
import { ContactNode } from "../contacts/contact.ts";
import { ThreadNode } from "../emails/thread.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { lookupId } from "../kit/global_id.ts";
import { MoneyObject } from "../kit/money.ts";

/** An order of a customer. */
export const OrderNode = builder.loadableNodeRef("Order", {
  id: { resolve: ({ id }: Order) => id },
  load: (ids: string[], { services, caller }) => ordersById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

OrderNode.implement({
  description:
    "Order of a customer, as `upsertOrder` or a webhook of Shopify reported it. Visible to all roles.",
  fields: (t) => ({
    number: t.exposeString("number", { description: 'Number that the customer knows: "#1001".' }),
    status: t.exposeString("status", {
      description: 'State in the words of the source: "paid, unfulfilled".',
    }),
    total: t.field({
      type: MoneyObject,
      description: "Total of the order.",
      resolve: ({ totalMicros, currency }) => moneyOf(BigInt(totalMicros), currency),
    }),
    contactEmail: t.exposeString("contactEmail", {
      description: "Address of the customer, in lower case.",
    }),
    createdAt: t.expose("placedAt", {
      type: "DateTime",
      description: "Time at which the customer placed it.",
    }),
    updatedAt: t.expose("updatedAt", {
      type: "DateTime",
      description: "Time its state was last reported.",
    }),
  }),
});

builder.queryField("order", (t) =>
  t.field({
    type: OrderNode,
    nullable: true,
    description: "Order with this id; null if it does not exist.",
    args: { id: t.arg.id({ required: true, description: "Id of the order: ord_…" }) },
    resolve: (_root, { id }) => lookupId("order", id),
  }));

const OrderConnection = builder.connectionObject(
  { type: OrderNode, ...connectionNames("Order")[0] },
  connectionNames("Order")[1],
);

builder.objectField(ContactNode, "orders", (t) =>
  t.connection({
    type: OrderNode,
    description: "Orders with the email address of the contact, newest first.",
    resolve: ({ organizationId, email }, page, { services }) =>
      email === null ? emptyPage<Order>() : listOrders(services, organizationId, email, page),
  }, OrderConnection));

builder.objectField(ThreadNode, "orders", (t) =>
  t.connection({
    type: OrderNode,
    description: "Orders with the address of the other party, newest first.",
    resolve: ({ organizationId, contactEmail }, page, { services }) =>
      listOrders(services, organizationId, contactEmail, page),
  }, OrderConnection));
