import { sql } from "kysely";
import { columnList, type TableOf } from "../../db/columns.ts";
import { queryBuilder, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { MESSAGE_CHANNELS, type MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import { byId, listPage, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";
import type { Suppression, SuppressionReason } from "./suppression.ts";

/** Filter of a list of suppressions: fields are combined with AND, values of a field with OR. */
export interface SuppressionFilter {
  readonly channels?: readonly MessageChannel[] | null;
  readonly reasons?: readonly SuppressionReason[] | null;
  /** Part of the address, in any case. */
  readonly search?: string | null;
}

const COLUMNS = [
  "id",
  "organization_id as organizationId",
  "channel",
  "address",
  "reason",
  "delivery_id as deliveryId",
  "created_at as createdAt",
] as const;

interface Tables {
  suppressions: TableOf<Suppression, typeof COLUMNS>;
}

/** Columns of a suppression, under the names of `Suppression`. */
export const SUPPRESSION_COLUMNS = columnList(COLUMNS);

const FIND = statement<[organizationId: string, ids: string[]], Suppression>(
  "suppressions.find",
  `select ${SUPPRESSION_COLUMNS} from suppressions where organization_id = $1 and id = any($2)`,
);

/**
 * Reads a page of the organization's suppression list, newest first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listSuppressions(
  { db }: Services,
  caller: Caller,
  { channels, reasons, search }: SuppressionFilter,
  page: PageArgs,
): Promise<Page<Suppression>> {
  let query = queryBuilder<Tables>().selectFrom("suppressions").select(COLUMNS)
    .where("organization_id", "=", caller.organizationId);
  if (channels) query = query.where("channel", "in", [...channels]);
  if (reasons) query = query.where("reason", "in", [...reasons]);
  if (search) {
    const text = search.replaceAll("\0", "");
    query = query.where(({ or }) => or(MESSAGE_CHANNELS.map((channel) => contains(channel, text))));
  }
  return listPage(db, query, byId("desc"), page);
}

/** Finds suppressions of the caller's organization by id, in any order. */
export function suppressionsById(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<Suppression[]> {
  return db.run(FIND, caller.organizationId, [...ids]);
}

function contains(channel: MessageChannel, text: string) {
  const part = CHANNEL_RULES[channel].normalizeAddress(text);
  return sql<boolean>`(channel = ${channel} and strpos(address, ${part}) > 0)`;
}
