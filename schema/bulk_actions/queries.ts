import { listBulkActions } from "../../src/domain/bulk_actions/find.ts";
import {
  type BulkActionPreview,
  PREVIEW_LIMIT,
  previewBulkAction,
} from "../../src/domain/bulk_actions/preview.ts";
import type { SkippedCount } from "../../src/domain/skipped.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { checkFilter } from "../kit/filter.ts";
import { lookupId } from "../kit/global_id.ts";
import { SkippedCountObject } from "../kit/skipped_count.ts";
import { BulkActionKind, BulkActionNode, BulkActionState } from "./bulk_action.ts";
import { BulkActionInput, bulkTarget } from "./input.ts";

const LIMIT = PREVIEW_LIMIT.toLocaleString("en");

const PreviewObject = builder.objectRef<BulkActionPreview>("BulkActionPreview").implement({
  description:
    `Items that a bulk action would act on and skip if it started now. At most ${LIMIT} ` +
    "matching items are counted, to limit the response time.",
  fields: (t) => ({
    count: t.exposeInt("count", { description: "Number of items that it would act on." }),
    skipped: t.field({
      type: [SkippedCountObject],
      description: "Items that it would skip, by reason, most frequent first.",
      resolve: ({ skipped }): SkippedCount[] => [...skipped],
    }),
    complete: t.exposeBoolean("complete", {
      description: `False: more than ${LIMIT} items match, and only that many were counted.`,
    }),
  }),
});

export const BulkActionFilter = builder.inputType("BulkActionFilter", {
  description:
    "Filter of bulk actions: all fields must match, within a list any value. Absent or null: no " +
    "limit; an empty list is an InvalidInputError.",
  fields: (t) => ({
    states: t.field({ type: [BulkActionState], description: "States of the bulk action." }),
    actions: t.field({ type: [BulkActionKind], description: "Kinds of the bulk action." }),
    startedBy: t.string({ description: "User who started the bulk action." }),
  }),
});

builder.queryFields((t) => ({
  bulkAction: t.field({
    type: BulkActionNode,
    nullable: true,
    description:
      "Bulk action with this id; null if it does not exist or the caller may not see it.",
    args: { id: t.arg.id({ required: true, description: "Id of the bulk action: blk_…" }) },
    resolve: (_root, { id }) => lookupId("bulkAction", id),
  }),
  bulkActions: t.connection({
    type: BulkActionNode,
    description:
      "Bulk actions that the caller may see, newest first: its own for a MEMBER, else all of the " +
      "organization.",
    args: {
      filter: t.arg({
        type: BulkActionFilter,
        description: "Filter of the bulk actions; absent: all.",
      }),
    },
    resolve: (_root, { filter, ...page }, { services, caller }) =>
      listBulkActions(services, caller, checkFilter(filter), page),
  }, ...connectionNames("BulkAction")),
  bulkActionPreview: t.field({
    type: PreviewObject,
    nullable: true,
    errors: {
      union: {
        description: "Preview of the bulk action, or the error that prevented it.",
      },
    },
    description:
      "Counts the items that a bulk action would act on and skip, by reason, without any change. " +
      "Refuses invalid selections with InvalidInputError, and unknown ids with NotFoundError.",
    args: {
      input: t.arg({
        type: BulkActionInput,
        required: true,
        description: "Action and items.",
      }),
    },
    resolve: async (_root, { input }, { services, caller }) =>
      previewBulkAction(services, caller, await bulkTarget(input)),
  }),
}));
