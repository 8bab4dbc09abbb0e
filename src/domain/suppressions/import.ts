import { LONG, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import type { MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import { checkRecipient, tidyRecipient } from "../recipients.ts";
import type { Services } from "../services.ts";
import { parseReason, SUPPRESSION_REASONS } from "./reason.ts";
import type { SuppressionReason } from "./suppression.ts";

/** Row of a file: a suppression, or the reason why the row could not be read. */
export type SuppressionRow =
  & {
    /** First line of the row in the file, from 1. */
    readonly line: number;
  }
  & (
    | { readonly suppression: { readonly address: string; readonly reason: string | null } }
    | { readonly reason: string }
  );

/** Result of a chunk of rows. */
export interface ImportedSuppressions {
  readonly added: number;
  /** Number of rows whose address already had the reason. */
  readonly alreadyListed: number;
  readonly refused: readonly { readonly line: number; readonly reason: string }[];
}

// The order prevents a deadlock of two transactions that add the same addresses.
const ADD = statement<
  [organizationId: string, channel: MessageChannel, addresses: string[], reasons: string[]],
  { added: number }
>(
  "suppressions.import",
  `with added as (
     insert into suppressions (organization_id, channel, address, reason)
     select distinct $1::uuid, $2::text, address, reason
     from unnest($3::text[], $4::text[]) as r(address, reason)
     order by 3, 4
     on conflict do nothing
     returning 1
   )
   select count(*)::int as added from added`,
  LONG,
);

/**
 * Refuses to import suppressions for a MEMBER.
 *
 * @throws {ForbiddenError}
 */
export function checkMayImport(caller: Caller): void {
  requireAdmin(caller, "import suppressions");
}

/**
 * Puts the addresses of a chunk of rows on the suppression list. Invalid rows are refused, the others
 * written; an address that already has the reason keeps its entry.
 *
 * @param rows up to some thousands
 * @param reason of all rows; null: each row names its own
 * @throws {ForbiddenError} for a MEMBER
 */
export async function importSuppressions(
  { db, bus }: Services,
  caller: Caller,
  { channel, reason }: {
    readonly channel: MessageChannel;
    readonly reason: SuppressionReason | null;
  },
  rows: readonly SuppressionRow[],
): Promise<ImportedSuppressions> {
  checkMayImport(caller);
  const checked = rows.map((row) => ({ line: row.line, ...check(row, channel, reason) }));
  const valid = checked.flatMap(({ entry }) => entry ?? []);
  const refused = checked.flatMap(({ line, fault }) => fault ? [{ line, reason: fault }] : []);
  if (valid.length === 0) return { added: 0, alreadyListed: 0, refused };
  const [{ added } = { added: 0 }] = await db.run(
    ADD,
    caller.organizationId,
    channel,
    valid.map(({ address }) => address),
    valid.map(({ reason }) => reason),
  );
  // Whether a contact is active is read from the suppression list.
  if (added > 0) bus.publish("contacts", caller.organizationId, null);
  return { added, alreadyListed: valid.length - added, refused };
}

function check(
  row: SuppressionRow,
  channel: MessageChannel,
  reasonOfAll: SuppressionReason | null,
): { entry?: { address: string; reason: SuppressionReason }; fault?: string } {
  if ("reason" in row) return { fault: row.reason };
  const rules = CHANNEL_RULES[channel];
  const recipient = tidyRecipient({ address: row.suppression.address });
  const issues = checkRecipient(recipient, rules, []);
  if (issues.length > 0) {
    return { fault: issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ") };
  }
  const text = row.suppression.reason?.trim() ?? "";
  const reason = reasonOfAll ?? parseReason(text);
  if (reason) return { entry: { address: rules.normalizeAddress(recipient.address), reason } };
  const accepted = SUPPRESSION_REASONS.join(", ");
  if (text === "") {
    return {
      fault: "reason is missing; add it, or give one reason for all rows: ?reason=UNSUBSCRIBED",
    };
  }
  return { fault: `reason must be one of ${accepted}, not ${JSON.stringify(text.slice(0, 100))}` };
}
