import { type UpsertedOrder, upsertOrder } from "../../src/domain/orders/upsert.ts";
import { builder } from "../kit/builder.ts";
import { MoneyInput } from "../kit/money.ts";
import { OrderNode } from "./order.ts";

const UpsertOrderInput = builder.inputType("UpsertOrderInput", {
  description: "State of an order.",
  fields: (t) => ({
    number: t.string({
      required: true,
      description: 'Number that the customer knows: "#1001". 1 to 100 characters.',
    }),
    contactEmail: t.string({ required: true, description: "Address of the customer." }),
    status: t.string({
      required: true,
      description: 'State in your own words: "paid, unfulfilled". 1 to 200 characters.',
    }),
    total: t.field({
      type: MoneyInput,
      required: true,
      description: "Total of the order: from 0 to 999999999999.",
    }),
    createdAt: t.field({
      type: "DateTime",
      description:
        "Time at which the customer placed it, not in the future; absent or null: now for a new order, " +
        "else unchanged.",
    }),
  }),
});

const UpsertOrderPayload = builder.objectRef<UpsertedOrder>("UpsertOrderPayload").implement({
  description: "Stored order.",
  fields: (t) => ({
    order: t.field({
      type: OrderNode,
      description: "Order after the change.",
      resolve: ({ order }) => order,
    }),
    created: t.exposeBoolean("created", {
      description: "False: an order had this number before, and its fields were replaced.",
    }),
  }),
});

builder.mutationField("upsertOrder", (t) =>
  t.field({
    type: UpsertOrderPayload,
    nullable: true,
    errors: {},
    description:
      "Creates the order with this number, or replaces its fields; a repeated call changes " +
      "nothing. ADMIN and OPERATOR only, else ForbiddenError. Refuses invalid fields with " +
      "InvalidInputError. Orders of Shopify arrive by its webhooks: see `inboundRoutes`.",
    args: {
      input: t.arg({
        type: UpsertOrderInput,
        required: true,
        description: "Fields of the order.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) => upsertOrder(services, caller, input),
  }));
