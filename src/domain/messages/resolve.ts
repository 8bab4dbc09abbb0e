import type { Caller } from "../access/access.ts";
import { confirmSent } from "../deliveries/retry.ts";
import type { DeliveryTraits } from "../deliveries/traits.ts";
import type { MessageStatus } from "../message_status.ts";
import type { Services } from "../services.ts";
import { applyVerb, type DeliveryVerb, REFUSALS, type Refusals } from "./delivery_verb.ts";
import { findMessages } from "./find.ts";
import { recomputeStatus } from "./finish.ts";
import type { Message } from "./message.ts";
import { beginRounds, publishRounds, type Round } from "./rounds.ts";
import { checkSelection, type DeliverySelection } from "./selection.ts";

/** The result of `resolveDeliveries`. */
export interface ResolveResult extends Refusals {
  readonly resolvedCount: number;
  /** The messages whose deliveries were resolved. */
  readonly messages: readonly Message[];
}

/** A person's decision about an UNKNOWN delivery: it arrived, or it is to be sent again. */
export type Resolution = "SENT" | "RESEND";

/**
 * Resolves UNKNOWN deliveries: confirms them as SENT, or sends them again, so that a recipient may receive
 * the message twice.
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
  const verb = resolveVerb(caller, input.as);
  const { done, ...refusals } = await applyVerb(services, caller, selection, verb);
  publishRounds(services, done);
  return {
    resolvedCount: done.reduce((total, { recipientCount }) => total + recipientCount, 0),
    messages: await findMessages(services.db, done.map(({ message }) => message.id)),
    ...refusals,
  };
}

/** Resolved deliveries of a message, and the jobs that send them again. */
export type Resolved = Pick<Round, "message" | "recipientCount" | "jobIds">;

/** The verb of `resolveDeliveries`. Call `publishRounds` with its results after the commit. */
export function resolveVerb(caller: Caller, as: Resolution): DeliveryVerb<Resolved> {
  return {
    statuses: ["UNKNOWN"],
    refusalOf: (delivery, message) => refusalOfResolution(delivery, message, as),
    act: as === "SENT" ? confirm(caller) : resend(caller),
  };
}

function resend(caller: Caller): DeliveryVerb<Resolved>["act"] {
  const choice = { caller, from: "UNKNOWN", force: true, automatic: false } as const;
  return (tx, messages, filter) => beginRounds(tx, messages, { ...choice, filter });
}

function confirm(caller: Caller): DeliveryVerb<Resolved>["act"] {
  return async (tx, messages, filter) => {
    const counts = await confirmSent(tx, messages.map(({ id }) => id), caller, filter);
    await recomputeStatus(
      tx,
      counts.map((counted) => ({ ...counted, was: "UNKNOWN", status: "SENT" })),
    );
    return counts.flatMap(({ messageId, count }) => {
      const message = messages.find(({ id }) => id === messageId);
      return message ? { message, recipientCount: count, jobIds: [] } : [];
    });
  };
}

function refusalOfResolution(
  { status }: DeliveryTraits,
  message: { readonly status: MessageStatus },
  as: Resolution,
): string | null {
  if (status !== "UNKNOWN") return `No decision is needed: its status is ${status}`;
  return as === "RESEND" && message.status === "CANCELLED" ? REFUSALS.CANCELLED : null;
}
