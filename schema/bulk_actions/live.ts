import { type BulkAction, mayAccess } from "../../src/domain/bulk_actions/bulk_action.ts";
import { findBulkActions } from "../../src/domain/bulk_actions/find.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import { builder } from "../kit/builder.ts";
import { BulkActionNode } from "./bulk_action.ts";

const watchBulkAction = watchObjects<BulkAction>({
  noun: "bulkAction",
  topic: "bulkActions",
  load: ({ db }, ids) => findBulkActions(db, ids),
  idOf: ({ id }) => id,
  visible: mayAccess,
  finished: ({ finishedAt }) => finishedAt !== null,
});

builder.subscriptionField("bulkActionUpdated", (t) =>
  t.field({
    type: BulkActionNode,
    description:
      "Emits the bulk action in its current state, then after each change. Completes when no item " +
      "is in progress any more (`finishedAt`).",
    args: { id: t.arg.id({ required: true, description: "Id of the bulk action: blk_…" }) },
    subscribe: (_root, { id }, { services, caller }) => watchBulkAction(services, caller, id, true),
    resolve: (action) => action,
  }));
