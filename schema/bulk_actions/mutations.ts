import { abortBulkAction } from "../../src/domain/bulk_actions/abort.ts";
import type { BulkAction } from "../../src/domain/bulk_actions/bulk_action.ts";
import { startBulkAction } from "../../src/domain/bulk_actions/start.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import { withPath } from "../../src/domain/path.ts";
import { builder } from "../kit/builder.ts";
import { BulkActionNode } from "./bulk_action.ts";
import { BulkActionInput, bulkTarget } from "./input.ts";

const StartBulkActionInput = builder.inputType("StartBulkActionInput", {
  description: "Items, stages and limits of a new bulk action.",
  fields: (t) => ({
    target: t.field({
      type: BulkActionInput,
      required: true,
      description: "Action and items.",
    }),
    stages: t.intList({
      required: true,
      defaultValue: [1, 5, 50],
      description:
        "Number of items of each stage, up to 20 stages; a final stage takes the remaining items. " +
        "Each stage begins when the items of the previous one have ended. Empty: all items in one " +
        "stage.",
    }),
    perSecond: t.float({
      description:
        "Maximum number of items per second, 0.01 to 10,000, on average over 5 seconds; absent: " +
        "no limit.",
    }),
    stopAtFailedFraction: t.float({
      required: true,
      defaultValue: 0.5,
      description:
        "Stops if a larger fraction of the ended items of a stage has failed again, 0 to 1; 1 " +
        "never stops. The final stage is checked while it runs, once 50 of its items have ended.",
    }),
  }),
});

const StartBulkActionPayload = builder.objectRef<BulkAction>("StartBulkActionPayload").implement({
  description: "Bulk action that was started.",
  fields: (t) => ({
    bulkAction: t.field({
      type: BulkActionNode,
      description: "Bulk action, RUNNING.",
      resolve: (action) => action,
    }),
  }),
});

const AbortBulkActionPayload = builder.objectRef<BulkAction>("AbortBulkActionPayload").implement({
  description: "Bulk action that was aborted.",
  fields: (t) => ({
    bulkAction: t.field({
      type: BulkActionNode,
      description:
        "Bulk action, ABORTED; its counts change until its items in progress have ended.",
      resolve: (action) => action,
    }),
  }),
});

builder.mutationFields((t) => ({
  startBulkAction: t.field({
    type: StartBulkActionPayload,
    nullable: true,
    errors: {},
    description:
      "Starts an action on many deliveries or jobs, in stages. The items are those that match " +
      "now; items that match later are not added. An item of another unfinished bulk action is " +
      "skipped. An action on an item cannot be undone; after `abortBulkAction` the remaining " +
      "items are not changed. A MEMBER acts on its own messages and jobs only. Refuses invalid " +
      "selections and limits with InvalidInputError, and unknown ids with NotFoundError; nothing " +
      "is started then.",
    args: {
      input: t.arg({
        type: StartBulkActionInput,
        required: true,
        description: "Items, stages and limits.",
      }),
    },
    resolve: async (_root, { input: { target, ...limits } }, { services, caller }) =>
      startBulkAction(services, caller, {
        ...limits,
        target: await withPath(["target"], () => bulkTarget(target)),
      }),
  }),
  abortBulkAction: t.field({
    type: AbortBulkActionPayload,
    nullable: true,
    errors: {},
    description:
      "Aborts a RUNNING bulk action, so that it acts on no further item. Nothing is undone: items " +
      "in progress still end, and are counted. Refuses other states with ConflictError " +
      "ALREADY_FINISHED.",
    args: { id: t.arg.id({ required: true, description: "Id of the bulk action: blk_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      abortBulkAction(services, caller, fromTypeId("bulkAction", id)),
  }),
}));
