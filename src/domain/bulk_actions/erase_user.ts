import { userReleaser } from "../person.ts";

/** Removes a user from the bulk actions that it has started. */
export const eraseUserFromBulkActions = userReleaser("bulkActions.eraseUser", "bulk_actions");
