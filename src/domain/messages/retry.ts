import type { Caller } from "../access/access.ts";
import type { Delivery } from "../deliveries/delivery.ts";
import { invalid } from "../errors.ts";
import type { Services } from "../services.ts";
import { applyVerb, REFUSALS, type Refusals } from "./delivery_verb.ts";
import { findMessages } from "./find.ts";
import type { Message } from "./message.ts";
import { beginRounds, publishRounds } from "./rounds.ts";
import { checkSelection, type DeliverySelection } from "./selection.ts";

/** The result of `retryDeliveries`. */
export interface RetryResult extends Refusals {
  readonly queuedCount: number;
  readonly batchCount: number;
  /** Number of the first new batch; null if there is none, or several messages have one. */
  readonly startNumber: number | null;
  /** The messages that have a new round. */
  readonly messages: readonly Message[];
}

/**
 * Retries failed deliveries that have attempts left and whose error allows another one. Deliveries that
 * were sent, are pending or are UNKNOWN are never retried, and SUPPRESSED ones only with force. Of two concurrent calls for the same deliveries,
 * the second one retries none.
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
  // For deliveries selected by id refusalOfRetry() decides, so that requeueFailed() accepts all of them.
  const choice = {
    caller,
    from: "FAILED",
    force: selection.ids !== null,
    automatic: false,
  } as const;
  const { done: rounds, ...refusals } = await applyVerb(services, caller, selection, {
    statuses: ["FAILED", "BOUNCED", "UNKNOWN", "SUPPRESSED"],
    refusalOf: (delivery, message) => refusalOfRetry(delivery, message, force),
    act: (tx, messages, filter) => beginRounds(tx, messages, { ...choice, filter }),
  });
  publishRounds(services, rounds);
  return {
    queuedCount: rounds.reduce((total, { recipientCount }) => total + recipientCount, 0),
    batchCount: rounds.reduce((total, { batchCount }) => total + batchCount, 0),
    startNumber: rounds.length === 1 ? rounds[0]?.startNumber ?? null : null,
    // Read again, because finished messages are SENDING now.
    messages: await findMessages(services.db, rounds.map(({ message }) => message.id)),
    ...refusals,
  };
}

function refusalOfRetry(delivery: Delivery, message: Message, force: boolean): string | null {
  const { status, retryable, attempt, maxAttempts, errorType, suppressionReason } = delivery;
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
