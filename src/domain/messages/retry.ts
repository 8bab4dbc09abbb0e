import type { Caller } from "../access/access.ts";
import type { Connection } from "../../db/database.ts";
import type { DeliveryFilter } from "../deliveries/list.ts";
import { makeWaitingDue } from "../deliveries/make_due.ts";
import type { DeliveryTraits } from "../deliveries/traits.ts";
import { invalid } from "../errors.ts";
import type { MessageStatus } from "../message_status.ts";
import type { Services } from "../services.ts";
import { applyVerb, type DeliveryVerb, REFUSALS, type Refusals } from "./delivery_verb.ts";
import { findMessages } from "./find.ts";
import type { Message } from "./message.ts";
import { beginRounds, publishRounds, type Round } from "./rounds.ts";
import { checkSelection, type DeliverySelection } from "./selection.ts";

/** The result of `retryDeliveries`. */
export interface RetryResult extends Refusals {
  readonly queuedCount: number;
  readonly batchCount: number;
  /** Number of the first new batch; null if there is none, or several messages have one. */
  readonly startNumber: number | null;
  /** The messages of the queued deliveries. */
  readonly messages: readonly Message[];
}

/**
 * Retries failed deliveries that have attempts left and whose error allows another one, and sends those
 * that wait for their next attempt at once. Deliveries that were sent, are pending for another reason or
 * are UNKNOWN are never retried, and SUPPRESSED ones only with force. Of two concurrent calls for the same
 * deliveries, the second one retries none.
 *
 * @param input.force with ids only: also retries deliveries whose error allows no other attempt, that have
 *   no attempts left, or that are SUPPRESSED
 * @throws {InvalidInputError} for both or neither of ids and filter, for an empty one, and for force
 *   without ids
 * @throws {NotFoundError} naming every delivery, or the message, that the caller may not see; nothing is
 *   queued then
 */
export async function retryDeliveries(
  services: Services,
  caller: Caller,
  input: DeliverySelection & { readonly force: boolean },
): Promise<RetryResult> {
  const { force } = input;
  if (force && !input.ids) throw invalid(["force"], "NEEDS_IDS", "needs ids; remove the filter");
  const selection = await checkSelection(services, caller, input, "FAILED");
  const verb = retryVerb(caller, force);
  const { done: queued, ...refusals } = await applyVerb(services, caller, selection, verb);
  publishRounds(services, queued);
  const rounds = queued.filter(({ batchCount }) => batchCount > 0);
  return {
    queuedCount: queued.reduce((total, { recipientCount }) => total + recipientCount, 0),
    batchCount: rounds.reduce((total, { batchCount }) => total + batchCount, 0),
    startNumber: rounds.length === 1 ? rounds[0]?.startNumber ?? null : null,
    // Read again, because finished messages are SENDING now.
    messages: await findMessages(services.db, queued.map(({ message }) => message.id)),
    ...refusals,
  };
}

/**
 * The verb of `retryDeliveries`. Call `publishRounds` with its results after the commit.
 *
 * @param force includes deliveries selected by id whose error allows no other attempt
 */
export function retryVerb(caller: Caller, force: boolean): DeliveryVerb<Queued> {
  const choice = { caller, from: "FAILED", automatic: false } as const;
  return {
    statuses: ["FAILED", "BOUNCED", "UNKNOWN", "SUPPRESSED"],
    refusalOf: (delivery, message) => refusalOfRetry(delivery, message, force),
    act: async (tx, messages, filter, accepted) => [
      ...await beginRounds(tx, messages, { ...choice, filter, force: accepted }),
      ...await sendWaiting(tx, messages, caller, filter),
    ],
  };
}

/** Deliveries of a message that were queued: in a new round, or in batches that exist already. */
export type Queued = Pick<Round, "message" | "recipientCount" | "batchCount" | "jobIds"> & {
  readonly startNumber: number | null;
};

async function sendWaiting(
  tx: Connection,
  messages: readonly Message[],
  caller: Caller,
  filter: DeliveryFilter,
): Promise<Queued[]> {
  const due = await makeWaitingDue(tx, messages.map(({ id }) => id), caller, filter);
  return due.flatMap(({ messageId, count, jobIds }) => {
    const message = messages.find(({ id }) => id === messageId);
    return message
      ? { message, recipientCount: count, batchCount: 0, startNumber: null, jobIds }
      : [];
  });
}

// A delivery without an error waits because its message is due later.
function waitsForAttempt({ status, errorType, dueAt }: DeliveryTraits): boolean {
  return status === "PENDING" && errorType !== null && dueAt !== null &&
    dueAt.getTime() > Date.now();
}

function refusalOfRetry(
  delivery: DeliveryTraits,
  message: { readonly status: MessageStatus },
  force: boolean,
): string | null {
  const { status, retryable, attempt, maxAttempts, errorType, suppressionReason } = delivery;
  if (waitsForAttempt(delivery)) return null;
  if (status !== "FAILED" && status !== "BOUNCED" && status !== "SUPPRESSED") {
    return REFUSALS[status];
  }
  if (message.status === "CANCELLED") return REFUSALS.CANCELLED;
  if (force || retryable) return null;
  if (status === "SUPPRESSED") {
    return `Its address was on the suppression list (${suppressionReason}): remove it with ` +
      "removeSuppressions, then retry the delivery by its id with force";
  }
  if (attempt >= maxAttempts) {
    return `It has used all of its ${maxAttempts} attempts: retry it by its id with force`;
  }
  return `Another attempt is not expected to succeed after ${errorType}: retry it by its id with force`;
}
