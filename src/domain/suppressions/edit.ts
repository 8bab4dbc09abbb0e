import { statement } from "../../db/database.ts";
import type { Bus } from "../../events/bus.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import type { MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import { invalid, InvalidInputError, NotFoundError } from "../errors.ts";
import { MAX_IDS_PER_CALL, toTypeId } from "../id.ts";
import { checkRecipient, tidyRecipient } from "../recipients.ts";
import type { Services } from "../services.ts";
import { suppress } from "./suppress.ts";
import type { Suppression, SuppressionReason } from "./suppression.ts";

const REMOVE = statement<[organizationId: string, ids: string[]], { id: string }>(
  "suppressions.remove",
  "delete from suppressions where organization_id = $1 and id = any($2) returning id",
);

/**
 * Puts addresses on the suppression list. Addresses that already have the reason keep their entry.
 *
 * @param input 1 to 1,000 addresses
 * @returns one suppression per address, in the order of the input, without duplicates
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} naming each invalid address by its index; nothing is written then
 */
export async function addSuppressions(
  { db, bus }: Services,
  caller: Caller,
  { channel, addresses, reason = "MANUAL" }: {
    readonly channel: MessageChannel;
    readonly addresses: readonly string[];
    /** Default: MANUAL. */
    readonly reason?: SuppressionReason;
  },
): Promise<Suppression[]> {
  requireAdmin(caller, "suppress addresses");
  checkCount(addresses, ["addresses"]);
  const recipients = addresses.map((address) => tidyRecipient({ address }));
  const issues = recipients.flatMap((recipient, index) =>
    checkRecipient(recipient, CHANNEL_RULES[channel], ["addresses", `${index}`])
      // An element of the list is the address itself, not an object with a field `address`.
      .map((issue) => ({ ...issue, path: issue.path.slice(0, 2) }))
  );
  if (issues.length > 0) throw new InvalidInputError(issues);
  const { organizationId } = caller;
  const entries = recipients.map(({ address }) => ({ address, deliveryId: null }));
  const suppressions = await suppress(db, { organizationId, channel }, reason, entries);
  publishContacts(bus, organizationId);
  return suppressions;
}

/**
 * Removes suppressions. Their addresses receive messages again unless they are suppressed for another
 * reason.
 *
 * @param ids 1 to 1,000
 * @returns the ids, without duplicates
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for no id, or more than 1,000
 * @throws {NotFoundError} naming each unknown id; nothing is removed then
 */
export async function removeSuppressions(
  { db, bus }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<string[]> {
  requireAdmin(caller, "remove addresses from the suppression list");
  checkCount(ids, ["ids"]);
  const wanted = [...new Set(ids)];
  await db.transaction(async (tx) => {
    const rows = await tx.run(REMOVE, caller.organizationId, wanted);
    const removed = new Set(rows.map(({ id }) => id));
    const missing = wanted.filter((id) => !removed.has(id));
    if (missing.length > 0) {
      throw new NotFoundError(missing.map((id) => toTypeId("suppression", id)));
    }
  });
  publishContacts(bus, caller.organizationId);
  return wanted;
}

// Whether a contact is active is read from the suppression list.
function publishContacts(bus: Bus, organizationId: string): void {
  bus.publish("contacts", organizationId, null);
}

function checkCount(list: readonly string[], path: readonly string[]): void {
  if (list.length === 0) throw invalid(path, "EMPTY", "is empty");
  if (list.length <= MAX_IDS_PER_CALL) return;
  throw invalid(path, "TOO_LONG", `has more than ${MAX_IDS_PER_CALL} elements; split the call`);
}
