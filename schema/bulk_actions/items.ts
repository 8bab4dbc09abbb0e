import {
  type BulkItem,
  type BulkItemState as BulkItemStateName,
  listItems,
} from "../../src/domain/bulk_actions/list_items.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { checkFilter } from "../kit/filter.ts";
import { BulkActionNode } from "./bulk_action.ts";

const STATES: Record<BulkItemStateName, { description: string }> = {
  SELECTED: { description: "Selected, and not acted on yet." },
  ACTED: { description: "Acted on, and not ended yet." },
  DONE: { description: "Ended successfully." },
  FAILED: { description: "Has failed again, or its outcome is UNKNOWN again." },
  SKIPPED: { description: "Not changed; see `reason`." },
};

const BulkActionItemState = builder.enumType("BulkActionItemState", {
  description: "State of an item of a bulk action.",
  values: STATES,
});

const BulkActionItem = builder.objectRef<BulkItem>("BulkActionItem").implement({
  description: "Delivery or job that a bulk action has selected.",
  fields: (t) => ({
    subject: t.node({
      description: "Delivery or job as it is now; null if it was deleted.",
      id: ({ subject }) => subject,
    }),
    state: t.expose("state", {
      type: BulkActionItemState,
      description: "State of the item in the bulk action.",
    }),
    reason: t.exposeString("reason", {
      nullable: true,
      description: "Reason why it was skipped; null in other states.",
    }),
  }),
});

const BulkActionItemFilter = builder.inputType("BulkActionItemFilter", {
  description:
    "Filter of the items of a bulk action. Absent or null: no limit; an empty list is an " +
    "InvalidInputError.",
  fields: (t) => ({
    states: t.field({ type: [BulkActionItemState], description: "States of the item." }),
  }),
});

builder.objectField(BulkActionNode, "items", (t) =>
  t.connection({
    type: BulkActionItem,
    description:
      "Items in the order of the selection. Items that an ended bulk action has not acted on are " +
      "not listed.",
    args: {
      filter: t.arg({
        type: BulkActionItemFilter,
        description: "Filter of the items; absent: all.",
      }),
    },
    resolve: (action, { filter, ...page }, { services }) =>
      listItems(services, action, checkFilter(filter).states ?? null, page),
  }, ...connectionNames("BulkActionItem")));
