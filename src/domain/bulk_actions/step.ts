import { isDeepStrictEqual } from "node:util";
import { type Connection, statement } from "../../db/database.ts";
import type { Claim } from "../jobs/claim.ts";
import { repeatOnTakenKey } from "../jobs/job_verb.ts";
import type { Services } from "../services.ts";
import { actOnNext, type ActResult } from "./act.ts";
import { type BulkAction, hasFinished, judge } from "./bulk_action.ts";
import { type BulkActionRow, COLUMNS, fromRow } from "./find.ts";
import { notifyOfEnd } from "./notify.ts";
import { recordEnds } from "./record_ends.ts";
import { releaseChunk } from "./release.ts";
import { saveProgress } from "./save.ts";
import { selectPage } from "./select_page.ts";

// Fences of later claims are higher.
const TAKE = statement<[id: string, fence: number], { id: string }>(
  "bulkActions.take",
  `update bulk_actions set fence = $2 where id = $1 and finished_at is null
     and coalesce(fence, 0) < $2
   returning id`,
);

interface LockedRow extends BulkActionRow {
  /** Time since the rate was used up, in milliseconds. */
  readonly pacedMs: number;
  /** Time since the last change, in milliseconds. */
  readonly idleMs: number;
}

const LOCK = statement<[id: string, fence: number], LockedRow>(
  "bulkActions.lock",
  `select ${COLUMNS}, extract(epoch from now() - paced_at)::float8 * 1000 as "pacedMs",
     extract(epoch from now() - updated_at)::float8 * 1000 as "idleMs"
   from bulk_actions where id = $1 and fence = $2 and finished_at is null for no key update`,
);

// A wait grows with the time since the last change, so that an action whose message is paused costs little.
const MIN_WAIT_MS = 500;
const MAX_WAIT_MS = 15_000;

/** The job that runs a bulk action. */
export interface BulkActionClaim extends Claim {
  readonly actionId: string;
}

/** Result of one step. */
export interface Step {
  readonly action: BulkAction;
  /** Time until there may be something to do, in milliseconds; 0: now. */
  readonly waitMs: number;
}

/**
 * Takes over a bulk action for a claim of its job; steps of earlier claims change nothing from now on.
 *
 * @returns false if the action has finished, or a later claim has it
 */
export async function takeBulkAction({ db }: Services, claim: BulkActionClaim): Promise<boolean> {
  return (await db.run(TAKE, claim.actionId, claim.fence)).length > 0;
}

/**
 * Takes one step of a bulk action, in one transaction, so that a crash repeats nothing: stores a page of the
 * selection, or records which items have ended and acts on the next ones.
 *
 * @returns null if the action has finished, or a later claim has it
 */
export async function stepBulkAction(
  services: Services,
  claim: BulkActionClaim,
): Promise<Step | null> {
  const result = await takeStep(services, claim);
  if (!result) return null;
  const { action, waitMs, changed, publish } = result;
  publish?.(services);
  if (changed) services.bus.publish("bulkActions", action.organizationId, [action.id]);
  return { action, waitMs };
}

function takeStep({ db }: Services, { actionId, fence }: BulkActionClaim) {
  return repeatOnTakenKey(db, async (tx) => {
    const [row] = await tx.run(LOCK, actionId, fence);
    return row ? await advanceLocked(tx, row) : null;
  });
}

async function advanceLocked(tx: Connection, { pacedMs, idleMs, ...row }: LockedRow) {
  const before = fromRow(row);
  const { action, waitMs, creditMs, publish } = await advance(tx, before, pacedMs);
  const finished = hasFinished(action);
  const changed = finished || !isDeepStrictEqual(action, before);
  if (changed) await saveProgress(tx, action, { finished, creditMs });
  if (action.state !== before.state) await notifyOfEnd(tx, action);
  const idleWaitMs = Math.min(Math.max(idleMs / 4, MIN_WAIT_MS), MAX_WAIT_MS);
  // Items may end before the rate allows the next one.
  const unchangedMs = action.inProgress > 0 ? Math.min(waitMs ?? Infinity, idleWaitMs) : waitMs;
  return { action, changed, waitMs: changed ? 0 : unchangedMs ?? idleWaitMs, publish };
}

type Advance = Pick<ActResult, "action"> & Partial<Omit<ActResult, "action">>;

async function advance(tx: Connection, action: BulkAction, pacedMs: number): Promise<Advance> {
  if (action.state === "RUNNING" && action.selecting) {
    return { action: await selectPage(tx, action) };
  }
  const judged = judge(await recordEnds(tx, action));
  if (judged.state === "RUNNING") return await actOnNext(tx, judged, pacedMs);
  return { action: await releaseChunk(tx, judged) };
}
