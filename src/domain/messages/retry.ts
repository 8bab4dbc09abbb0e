import type { Connection } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import type { Delivery } from "../deliveries/delivery.ts";
import { type DeliveryFilter, findDeliveries, readErroneous } from "../deliveries/list.ts";
import { confirmSent, type RetryChoice } from "../deliveries/retry.ts";
import { invalid } from "../errors.ts";
import type { Services } from "../services.ts";
import { rejudge } from "./flow.ts";
import type { Message } from "./message.ts";
import { findMessages } from "./queries.ts";
import { announceRounds, beginRounds, lockMessages, type Round } from "./rounds.ts";
import { type CheckedSelection, checkSelection, type DeliverySelection } from "./selection.ts";

/** One that was left as it is. */
export interface RefusedDelivery {
  readonly delivery: Delivery;
  /** For people. */
  readonly reason: string;
}

/** What was not done. */
export interface Refusals {
  /** The first 1,000. */
  readonly refused: readonly RefusedDelivery[];
  readonly refusedCount: number;
}

/** What `retryDeliveries` did. */
export interface RetryResult extends Refusals {
  readonly queuedCount: number;
  readonly batchCount: number;
  /** Of the first new batch; null when there is none, or there are some of several messages. */
  readonly startNumber: number | null;
  /** Those that have a new round. */
  readonly messages: readonly Message[];
}

/** What `resolveDeliveries` did. */
export interface ResolveResult extends Refusals {
  readonly resolvedCount: number;
  /** Those that were changed. */
  readonly messages: readonly Message[];
}

/** What a person has found out, or wishes: it arrived, or is to be sent again. */
export type Resolution = "SENT" | "RESEND";

const REFUSED_LIMIT = 1_000;
// Locked at once: what else wants to end or change these messages waits for so long.
const MESSAGES_AT_ONCE = 100;

/**
 * Tries failed deliveries again, each of which may be mended by another attempt and has one left. Of two
 * calls at once the second finds nothing left; what was sent, waits or is UNKNOWN is never touched.
 *
 * @param input.force with ids: also those that are not expected to be mended or have used up their
 *   attempts
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
  if (force && !input.ids) throw invalid(["force"], "NEEDS_IDS", "takes deliveries by their ids");
  const selection = await checkSelection(services, caller, input, "FAILED");
  const choice = {
    caller,
    from: "FAILED",
    force: selection.ids !== null,
    automatic: false,
  } as const;
  const { done: rounds, ...refusals } = await actOn(services, caller, selection, {
    statuses: ["FAILED", "BOUNCED", "UNKNOWN"],
    refusalOf: (delivery, message) => refusalOfRetry(delivery, message, force),
    act: (tx, messages, filter) => beginRounds(tx, messages, { ...choice, filter }),
  });
  announceRounds(services, rounds);
  return {
    queuedCount: sum(rounds.map(({ recipientCount }) => recipientCount)),
    batchCount: sum(rounds.map(({ batchCount }) => batchCount)),
    startNumber: rounds.length === 1 ? rounds[0]?.startNumber ?? null : null,
    messages: await messagesOf(services, rounds.map(({ message }) => message.id)),
    ...refusals,
  };
}

/**
 * Decides what became UNKNOWN: it arrived and counts as SENT, or it is sent again, though somebody may
 * then get it twice.
 *
 * @throws {InvalidInputError} for both or neither of ids and filter, and for an empty one
 * @throws {NotFoundError} naming every delivery, or the message, that the caller may not see
 */
export async function resolveDeliveries(
  services: Services,
  caller: Caller,
  input: DeliverySelection & { readonly as: Resolution },
): Promise<ResolveResult> {
  const selection = await checkSelection(services, caller, input, "UNKNOWN");
  const act = input.as === "SENT" ? confirm(caller) : resend(caller);
  const { done, ...refusals } = await actOn(services, caller, selection, {
    statuses: ["UNKNOWN"],
    refusalOf: (delivery, message) => refusalOfResolution(delivery, message, input.as),
    act,
  });
  announceRounds(services, done);
  return {
    resolvedCount: sum(done.map(({ recipientCount }) => recipientCount)),
    messages: await messagesOf(services, done.map(({ message }) => message.id)),
    ...refusals,
  };
}

interface Verb<T> {
  /** What a filter is told of, where it is not done. */
  readonly statuses: readonly Delivery["status"][];
  /** Null: it is done. */
  refusalOf(delivery: Delivery, message: Message): string | null;
  act(tx: Connection, messages: readonly Message[], filter: DeliveryFilter): Promise<T[]>;
}

async function actOn<T>(
  { db }: Services,
  caller: Caller,
  { ids, filter, messageIds }: CheckedSelection,
  { statuses, refusalOf, act }: Verb<T>,
): Promise<{ done: T[] } & Refusals> {
  const done: T[] = [];
  const refused: RefusedDelivery[] = [];
  let refusedCount = 0;
  for (let at = 0; at < messageIds.length; at += MESSAGES_AT_ONCE) {
    await db.transaction(async (tx) => {
      const messages = await lockMessages(tx, messageIds.slice(at, at + MESSAGES_AT_ONCE));
      const byId = new Map(messages.map((message) => [message.id, message]));
      const judge = (delivery: Delivery) => {
        const message = byId.get(delivery.messageId);
        const reason = message ? refusalOf(delivery, message) : null;
        if (reason !== null && refused.length < REFUSED_LIMIT) refused.push({ delivery, reason });
        return reason === null;
      };
      if (ids) {
        // Under the lock, so that what is judged here is what is taken up.
        const named = (await findDeliveries({ db: tx }, caller, ids))
          .filter(({ messageId }) => byId.has(messageId));
        const accepted = named.filter(judge).map(({ id }) => id);
        refusedCount += named.length - accepted.length;
        if (accepted.length > 0) done.push(...await act(tx, messages, { ids: accepted }));
        return;
      }
      done.push(...await act(tx, messages, filter));
      const reached = messages.map(({ id }) => id);
      const left = await readErroneous(tx, caller, filter, reached, statuses, REFUSED_LIMIT);
      left.forEach(judge);
      refusedCount += left[0]?.total ?? 0;
    });
  }
  return { done, refused, refusedCount };
}

type Resolved = Pick<Round, "message" | "recipientCount" | "jobIds">;

function resend(caller: Caller): Verb<Resolved>["act"] {
  const choice: Omit<RetryChoice, "filter"> = {
    caller,
    from: "UNKNOWN",
    force: true,
    automatic: false,
  };
  return (tx, messages, filter) => beginRounds(tx, messages, { ...choice, filter });
}

function confirm(caller: Caller): Verb<Resolved>["act"] {
  return async (tx, messages, filter) => {
    const counts = await confirmSent(tx, messages.map(({ id }) => id), caller, filter);
    await rejudge(tx, counts.map(({ messageId }) => messageId));
    return counts.flatMap(({ messageId, count }) => {
      const message = messages.find(({ id }) => id === messageId);
      return message ? { message, recipientCount: count, jobIds: [] } : [];
    });
  };
}

function refusalOfRetry(delivery: Delivery, message: Message, force: boolean): string | null {
  const { status, retryable, attempt, maxAttempts, errorType, errorCode } = delivery;
  if (status !== "FAILED" && status !== "BOUNCED") return REFUSALS[status];
  if (message.status === "CANCELLED") return REFUSALS.CANCELLED;
  if (force || retryable) return null;
  if (errorCode === "SUPPRESSED") {
    return "Its address was on the suppression list: once removeSuppressions has taken it off, " +
      "force allows another attempt by its id";
  }
  if (attempt >= maxAttempts) {
    return `It has used up its ${maxAttempts} attempts: by its id, force allows another`;
  }
  return `${errorType} is not mended by another attempt: by its id, force allows one all the same`;
}

function refusalOfResolution(
  { status }: Delivery,
  message: Message,
  as: Resolution,
): string | null {
  if (status !== "UNKNOWN") return `Nothing is to be decided about it: it is ${status}`;
  return as === "RESEND" && message.status === "CANCELLED" ? REFUSALS.CANCELLED : null;
}

const REFUSALS: Readonly<Record<Exclude<Delivery["status"], "FAILED" | "BOUNCED">, string>> = {
  PENDING: "It waits to be sent already",
  SENDING: "It is being sent",
  SENT: "It was sent",
  CANCELLED: "Its message was cancelled",
  UNKNOWN: "It may have arrived: decide with resolveDeliveries",
  COMPLAINED: "It was sent, and called unwanted",
};

// Read anew: ended messages are under way again.
async function messagesOf({ db }: Services, ids: readonly string[]): Promise<readonly Message[]> {
  return ids.length === 0 ? [] : await findMessages(db, ids);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
