import { sql } from "kysely";
import { queryBuilder } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { MESSAGE_CHANNELS, type MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import { invalid, InvalidInputError, NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { byId, listPage, type Page, type PageArgs } from "../page.ts";
import { checkRecipient, tidyRecipient } from "../recipients.ts";
import type { Services } from "../services.ts";
import { ADD, AMONG, FIND, LISTED, REMOVE, SUPPRESSION_COLUMNS } from "./queries.ts";
import type { Suppression, SuppressionReason } from "./suppression.ts";

/** Addresses and ids in one call at most. */
const MAX_AT_ONCE = 1_000;

/** Which suppressions a list shows: fields are ANDed, values inside a field ORed. */
export interface SuppressionFilter {
  readonly channels?: readonly MessageChannel[] | null;
  readonly reasons?: readonly SuppressionReason[] | null;
  /** Part of the address, whatever its case. */
  readonly search?: string | null;
}

interface Tables {
  suppressions: {
    id: string;
    organization_id: string;
    channel: MessageChannel;
    address: string;
    reason: SuppressionReason;
    delivery_id: string | null;
    created_at: Date;
  };
}

/**
 * A page of the organization's list, newest first.
 *
 * @throws {InvalidInputError} for page arguments out of range and foreign cursors
 */
export function listSuppressions(
  { db }: Services,
  caller: Caller,
  { channels, reasons, search }: SuppressionFilter,
  page: PageArgs,
): Promise<Page<Suppression>> {
  let query = queryBuilder<Tables>().selectFrom("suppressions").select(SUPPRESSION_COLUMNS)
    .where("organization_id", "=", caller.organizationId);
  if (channels) query = query.where("channel", "in", [...channels]);
  if (reasons) query = query.where("reason", "in", [...reasons]);
  if (search) {
    const text = search.replaceAll("\0", "");
    query = query.where(({ or }) => or(MESSAGE_CHANNELS.map((channel) => contains(channel, text))));
  }
  return listPage(db, query, byId("desc"), page);
}

/** Suppressions of the caller's organization, by id. */
export function suppressionsById(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<Suppression[]> {
  return db.run(FIND, caller.organizationId, [...ids]);
}

/**
 * Puts addresses on the list, as MANUAL; those that a person has put there before stay as they are.
 *
 * @param input 1 to 1,000 addresses, in any case
 * @returns one suppression for each address, in the order of the input, each once
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} naming each address that is none, by its index; nothing is written then
 */
export async function addSuppressions(
  { db }: Services,
  caller: Caller,
  input: { readonly channel: MessageChannel; readonly addresses: readonly string[] },
): Promise<Suppression[]> {
  requireAdmin(caller, "suppress addresses");
  checkCount(input.addresses, ["addresses"]);
  const rules = CHANNEL_RULES[input.channel];
  const recipients = input.addresses.map((address) => tidyRecipient({ address }));
  const issues = recipients.flatMap((recipient, index) =>
    checkRecipient(recipient, rules, ["addresses", `${index}`])
      .map((issue) => ({ ...issue, path: issue.path.slice(0, 2) }))
  );
  if (issues.length > 0) throw new InvalidInputError(issues);
  const addresses = [...new Set(recipients.map(({ address }) => rules.normalizeAddress(address)))];
  const added = await db.run(ADD, caller.organizationId, input.channel, addresses, "MANUAL", null);
  const byAddress = new Map(added.map((suppression) => [suppression.address, suppression]));
  return addresses.flatMap((address) => byAddress.get(address) ?? []);
}

/**
 * Takes suppressions off the list: their addresses are sent to again, unless they stand there for
 * another reason too.
 *
 * @param ids 1 to 1,000
 * @returns the ids
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for no id, or too many
 * @throws {NotFoundError} naming each id that is not there; nothing is removed then
 */
export async function removeSuppressions(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<string[]> {
  requireAdmin(caller, "take addresses off the suppression list");
  checkCount(ids, ["ids"]);
  const wanted = [...new Set(ids)];
  await db.transaction(async (tx) => {
    const removed = new Set(
      (await tx.run(REMOVE, caller.organizationId, wanted)).map(({ id }) => id),
    );
    const missing = wanted.filter((id) => !removed.has(id));
    if (missing.length > 0) {
      throw new NotFoundError(missing.map((id) => toTypeId("suppression", id)));
    }
  });
  return wanted;
}

/**
 * Those of a batch's addresses that must not be sent to.
 *
 * @param message whether it can be unsubscribed from: only then those who unsubscribed are among them
 * @returns normalized addresses
 */
export async function suppressedAmong(
  { db }: Services,
  message: {
    readonly organizationId: string;
    readonly channel: MessageChannel;
    readonly unsubscribable: boolean;
  },
  addresses: readonly string[],
): Promise<ReadonlySet<string>> {
  const { organizationId, channel, unsubscribable } = message;
  const normalized = addresses.map(CHANNEL_RULES[channel].normalizeAddress);
  const rows = await db.run(AMONG, organizationId, channel, normalized, unsubscribable);
  return new Set(rows.map(({ address }) => address));
}

/** Those of the addresses that are on the organization's list, on any channel and for any reason. */
export async function listedAmong(
  { db }: Services,
  caller: Caller,
  addresses: readonly string[],
): Promise<ReadonlySet<string>> {
  const spellings = addresses.flatMap((address) =>
    MESSAGE_CHANNELS.map((channel) => {
      const normalized = CHANNEL_RULES[channel].normalizeAddress(address);
      return { address, normalized, key: `${channel} ${normalized}` };
    })
  );
  const normalized = new Set(spellings.map(({ normalized }) => normalized));
  const rows = await db.run(LISTED, caller.organizationId, [...normalized]);
  const listed = new Set(rows.map(({ channel, address }) => `${channel} ${address}`));
  return new Set(spellings.filter(({ key }) => listed.has(key)).map(({ address }) => address));
}

function contains(channel: MessageChannel, text: string) {
  const part = CHANNEL_RULES[channel].normalizeAddress(text);
  return sql<boolean>`channel = ${channel} and strpos(address, ${part}) > 0`;
}

function checkCount(list: readonly string[], path: readonly string[]): void {
  if (list.length === 0) throw invalid(path, "EMPTY", "names nothing");
  if (list.length <= MAX_AT_ONCE) return;
  throw invalid(path, "TOO_LONG", `holds more than ${MAX_AT_ONCE}; do it in several calls`);
}
