import { eraserByIds, eraserOfChildren } from "../eraser.ts";

/** Erases the items of bulk actions. A page of actions is repeated until all of its rows are deleted. */
export const itemsEraser = eraserOfChildren("bulkActions.eraseItems", "bulk_actions", {
  table: "bulk_action_items",
  key: "action_id",
});

/** Erases bulk actions; their items must be erased before. */
export const bulkActionsEraser = eraserByIds("bulkActions.erase", "bulk_actions");
