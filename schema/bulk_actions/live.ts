import { type BulkAction, mayAccess } from "../../src/domain/bulk_actions/bulk_action.ts";
import {
  type BulkActionFilter as BulkActionFilterShape,
  findBulkActions,
  listBulkActions,
} from "../../src/domain/bulk_actions/find.ts";
import { watchLists } from "../../src/domain/live/watch_list.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import { builder } from "../kit/builder.ts";
import { checkFilter } from "../kit/filter.ts";
import { listChangeType } from "../kit/list_change.ts";
import { followNode } from "../kit/node_updated.ts";
import { BulkActionNode } from "./bulk_action.ts";
import { BulkActionFilter } from "./queries.ts";

const watchBulkAction = watchObjects<BulkAction>({
  noun: "bulkAction",
  topic: "bulkActions",
  load: ({ db }, ids) => findBulkActions(db, ids),
  idOf: ({ id }) => id,
  visible: mayAccess,
  finished: ({ finishedAt }) => finishedAt !== null,
});

followNode(BulkActionNode, watchBulkAction);

const watchBulkActions = watchLists({
  topic: "bulkActions",
  idOf: ({ id }: BulkAction) => id,
  list: (services, caller, filter: BulkActionFilterShape, page) =>
    listBulkActions(services, caller, filter, page),
});

const BulkActionChanges = listChangeType("bulkAction", BulkActionNode, "BulkActionChanges");

builder.subscriptionFields((t) => ({
  bulkActionUpdated: t.field({
    type: BulkActionNode,
    description:
      "Emits the bulk action in its current state, then after each change. Completes when no item " +
      "is in progress any more (`finishedAt`).",
    args: { id: t.arg.id({ required: true, description: "Id of the bulk action: blk_…" }) },
    subscribe: (_root, { id }, { services, caller }) => watchBulkAction(services, caller, id, true),
    resolve: (action) => action,
  }),
  bulkActionsUpdated: t.field({
    type: BulkActionChanges,
    description:
      "Emits the first page of the matching bulk actions, newest first, then the changes of the " +
      "list. A MEMBER sees only those that it started.",
    args: {
      filter: t.arg({
        type: BulkActionFilter,
        description: "Filter of the bulk actions; absent: all.",
      }),
    },
    subscribe: (_root, { filter }, { services, caller }) =>
      watchBulkActions(services, caller, checkFilter(filter)),
    resolve: (change) => change,
  }),
}));
