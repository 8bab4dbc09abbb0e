import { type Caller, ownsOrAdministers, type Role } from "../access/access.ts";
import type { DeliveryFilter } from "../deliveries/list.ts";
import type { JobError } from "../jobs/job.ts";
import type { JobFilter } from "../jobs/filter.ts";
import type { SkippedCount } from "../skipped.ts";

/** Actions on many items. */
export type BulkActionKind = "RETRY" | "CANCEL" | "RESOLVE_SENT" | "RESEND";

/**
 * State of a bulk action. STOPPED: too many items of a stage have failed again, or its job failed. ABORTED: by
 * a person. Items in progress still end after either.
 */
export type BulkActionState = "RUNNING" | "STOPPED" | "ABORTED" | "FINISHED";

interface TargetFields {
  readonly action: BulkActionKind;
  /** Whether the items were selected by id, so that ids whose state does not allow the action are skipped. */
  readonly byIds: boolean;
  /** RETRY of deliveries: includes those whose error allows no other attempt. */
  readonly force: boolean;
}

/** Deliveries to act on. */
export interface DeliveryTarget extends TargetFields {
  readonly target: "DELIVERIES";
  readonly filter: DeliveryFilter;
}

/** Jobs to act on. */
export interface JobTarget extends TargetFields {
  readonly target: "JOBS";
  readonly filter: JobFilter;
}

/** Items to act on. */
export type BulkTarget = DeliveryTarget | JobTarget;

/** Progress of a bulk action; its steps change nothing else. */
export interface BulkProgress {
  readonly state: BulkActionState;
  /** Error that stopped it: TOO_MANY_FAILED or JOB_FAILED; null unless STOPPED. */
  readonly error: JobError | null;
  /** Number of the current stage, from 1. */
  readonly stage: number;
  /** Items of the current stage that were acted on. */
  readonly stageActed: number;
  readonly stageDone: number;
  readonly stageFailed: number;
  /** Sort key of the last selected item; null: none yet. */
  readonly selectedThrough: string | null;
  /** True until the whole selection is stored. */
  readonly selecting: boolean;
  /** Number of selected items. */
  readonly total: number;
  /** Position of the last item that was acted on or skipped. */
  readonly actedThrough: number;
  /** Items that were acted on and have not ended. */
  readonly inProgress: number;
  readonly done: number;
  readonly failedAgain: number;
  /** Number of skipped items by reason. */
  readonly skipped: Readonly<Record<string, number>>;
  /** Time at which it has left RUNNING and no item is in progress; null until then. */
  readonly finishedAt: Date | null;
}

/** A bulk action: one action on a fixed selection of items, in stages. */
export type BulkAction = BulkProgress & BulkTarget & {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string | null;
  /** Role of its user at the start, which limits the items. */
  readonly role: Role;
  /** Number of items of each stage; a final stage takes the remaining ones. */
  readonly stages: readonly number[];
  /** Maximum number of items per second; null: no limit. */
  readonly perSecond: number | null;
  readonly stopAtFailedFraction: number;
  readonly jobId: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
};

/** The caller with whose rights a bulk action acts. */
export function callerOf({ organizationId, userId, role }: BulkAction): Caller {
  return { organizationId, userId, role, keyId: null };
}

/** Whether the caller may see and abort the action. */
export function mayAccess(caller: Caller, action: BulkAction): boolean {
  return action.organizationId === caller.organizationId &&
    ownsOrAdministers(caller, action.userId);
}

/** The skipped items of an action by reason, most frequent first. */
export function skippedOf({ skipped }: BulkProgress): SkippedCount[] {
  return Object.entries(skipped).map(([reason, count]) => ({ reason, count }))
    .sort((a, b) => b.count - a.count);
}

/** Adds skipped items to an action, by reason. */
export function addSkipped<T extends BulkProgress>(action: T, reasons: readonly string[]): T {
  const skipped = { ...action.skipped };
  for (const reason of reasons) skipped[reason] = (skipped[reason] ?? 0) + 1;
  return { ...action, skipped };
}

/** Whether an action has left RUNNING, released the items that it will not act on, and none is in progress. */
export function hasFinished({ state, inProgress, actedThrough, total }: BulkProgress): boolean {
  return state !== "RUNNING" && inProgress === 0 && actedThrough >= total;
}

// The last stage is judged while it runs, once this many of its items have ended.
const JUDGED_ITEMS = 50;

/** Number of items that may still be acted on in the current stage; Infinity in the last one. */
export function leftInStage({ stages, stage, stageActed }: BulkAction): number {
  const size = stages[stage - 1];
  return size === undefined ? Infinity : size - stageActed;
}

/**
 * Decides how a RUNNING action continues: it stops when too many items of its stage have failed again, finishes when
 * all items have ended, or begins the next stage when those of its stage have.
 */
export function judge(action: BulkAction): BulkAction {
  const { state, stages, stage, stageDone, stageFailed, stopAtFailedFraction } = action;
  if (state !== "RUNNING" || action.selecting) return action;
  const isLast = stage > stages.length;
  const noneLeft = action.actedThrough >= action.total;
  const complete = action.inProgress === 0 && (noneLeft || leftInStage(action) <= 0);
  if (complete && noneLeft) return { ...action, state: "FINISHED" };
  const ended = stageDone + stageFailed;
  const judged = complete || (isLast && ended >= JUDGED_ITEMS);
  if (judged && ended > 0 && stageFailed / ended > stopAtFailedFraction) {
    const limit = Number((stopAtFailedFraction * 100).toFixed(2));
    const message = `${stageFailed} of ${ended} items of stage ${stage} failed again, more than ` +
      `the limit of ${limit} %`;
    return { ...action, state: "STOPPED", error: { type: "TOO_MANY_FAILED", code: null, message } };
  }
  if (!complete) return action;
  return { ...action, stage: stage + 1, stageActed: 0, stageDone: 0, stageFailed: 0 };
}
