import {
  type BulkAction,
  type BulkActionKind as BulkActionKindName,
  type BulkActionState as BulkActionStateName,
  mayAccess,
  skippedOf,
} from "../../src/domain/bulk_actions/bulk_action.ts";
import { findBulkActions } from "../../src/domain/bulk_actions/find.ts";
import type { SkippedCount } from "../../src/domain/skipped.ts";
import { JobErrorObject } from "../jobs/error.ts";
import { JobNode } from "../jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { SkippedCountObject } from "../kit/skipped_count.ts";

const KINDS: Record<BulkActionKindName, { description: string }> = {
  RETRY: {
    description:
      "Retries FAILED jobs, or FAILED and BOUNCED deliveries that are `retryable`, as `retryJob` " +
      "and `retryDeliveries` do.",
  },
  CANCEL: { description: "Cancels unfinished jobs, as `cancelJob` does." },
  RESOLVE_SENT: { description: "Confirms UNKNOWN deliveries as SENT." },
  RESEND: {
    description: "Sends UNKNOWN deliveries again; recipients may get the message twice.",
  },
};

export const BulkActionKind = builder.enumType("BulkActionKind", {
  description: "Action on many deliveries or jobs. Its effect on an item cannot be undone.",
  values: KINDS,
});

const STATES: Record<BulkActionStateName, { description: string }> = {
  RUNNING: { description: "Selects items, acts on them, or waits for the end of a stage." },
  STOPPED: {
    description:
      "Stopped: too many items of a stage have failed again, or its job failed; see `error`.",
  },
  ABORTED: { description: "Aborted by a person, with `abortBulkAction` or `cancelJob`." },
  FINISHED: { description: "All items have ended or were skipped." },
};

export const BulkActionState = builder.enumType("BulkActionState", {
  description:
    "State of a bulk action. A STOPPED or ABORTED one acts on no further item and undoes nothing; " +
    "items in progress still end, until `finishedAt`.",
  values: STATES,
});

/** A bulk action. */
export const BulkActionNode = builder.loadableNodeRef("BulkAction", {
  id: { resolve: ({ id }: BulkAction) => id },
  load: async (ids: string[], { services, caller }): Promise<BulkAction[]> => {
    const actions = await findBulkActions(services.db, ids);
    return actions.filter((action) => mayAccess(caller, action));
  },
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

BulkActionNode.implement({
  description:
    "Bulk action: one action on a fixed selection of deliveries or jobs, in stages. The items are " +
    "selected once, at its start. Its effects cannot be undone. It is kept for 90 days after its " +
    "end.",
  fields: (t) => ({
    action: t.expose("action", { type: BulkActionKind, description: "Action on each item." }),
    state: t.expose("state", { type: BulkActionState, description: "State of the action." }),
    error: t.expose("error", {
      type: JobErrorObject,
      nullable: true,
      description:
        "Reason why it was STOPPED: TOO_MANY_FAILED or JOB_FAILED; null in other states.",
    }),
    stage: t.exposeInt("stage", {
      description:
        "Number of the current or last stage, from 1; the final stage follows those in `stages`.",
    }),
    stages: t.intList({
      description: "Number of items of each stage; a final stage takes the remaining ones.",
      resolve: ({ stages }) => [...stages],
    }),
    perSecond: t.exposeFloat("perSecond", {
      nullable: true,
      description: "Maximum number of items per second; null: no limit.",
    }),
    stopAtFailedFraction: t.exposeFloat("stopAtFailedFraction", {
      description:
        "It stops if a larger fraction of the ended items of a stage has failed again, 0 to 1.",
    }),
    selecting: t.exposeBoolean("selecting", {
      description: "True while the selection is being stored, so that `total` still grows.",
    }),
    total: t.exposeInt("total", { description: "Number of selected items." }),
    inProgress: t.exposeInt("inProgress", {
      description: "Number of items that were acted on and have not ended.",
    }),
    done: t.exposeInt("done", { description: "Number of items that ended successfully." }),
    failedAgain: t.exposeInt("failedAgain", {
      description: "Number of items that have failed again, or whose outcome is UNKNOWN again.",
    }),
    skipped: t.field({
      type: [SkippedCountObject],
      description: "Items that were not changed, by reason, most frequent first.",
      resolve: (action): SkippedCount[] => skippedOf(action),
    }),
    startedBy: t.exposeString("userId", {
      nullable: true,
      description: "User who started it; null if the caller named no user.",
    }),
    createdAt: t.expose("createdAt", {
      type: "DateTime",
      description: "Time of the start, and of the selection.",
    }),
    finishedAt: t.expose("finishedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time it was no longer RUNNING and had no item in progress; null until then.",
    }),
    job: t.field({
      type: JobNode,
      nullable: true,
      description: "Job that runs it; null after the job was deleted.",
      resolve: ({ jobId }) => jobId,
    }),
  }),
});
