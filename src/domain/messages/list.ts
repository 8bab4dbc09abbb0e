import { sql } from "kysely";
import type { TableOf } from "../../db/columns.ts";
import { queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import type { MessageChannel } from "../channel.ts";
import { byId, listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { MessageStatus } from "../message_status.ts";
import type { Services } from "../services.ts";
import { MESSAGE_COLUMNS } from "./find.ts";
import type { Message } from "./message.ts";

/** Filter of a list of messages: fields are combined with AND, values of a field with OR. */
export interface MessageFilter {
  readonly ids?: readonly string[] | null;
  readonly statuses?: readonly MessageStatus[] | null;
  readonly channels?: readonly MessageChannel[] | null;
  readonly types?: readonly string[] | null;
  /** Types that the message does not have. */
  readonly excludedTypes?: readonly string[] | null;
  /** True: at least one delivery is FAILED, BOUNCED or UNKNOWN; false: none. */
  readonly withFailures?: boolean | null;
  /** Part of the title, in any case. */
  readonly search?: string | null;
  readonly createdFrom?: Date | null;
  readonly createdTo?: Date | null;
}

/** Order of a list of messages. */
export type MessageOrder = "CREATED_DESC" | "CREATED_ASC" | "SEND_AT_DESC";

interface Tables {
  messages: TableOf<Message, typeof MESSAGE_COLUMNS>;
}

const SORTS: Record<MessageOrder, Sort> = {
  CREATED_DESC: byId("desc"),
  CREATED_ASC: byId("asc"),
  SEND_AT_DESC: {
    name: "send_at desc",
    keys: [
      { expression: sql`coalesce(send_at, created_at)`, type: "timestamptz" },
      { expression: sql.ref("id"), type: "uuid" },
    ],
    direction: "desc",
  },
};

const HAS_FAILURES = sql<boolean>`(select coalesce(sum(c.failed + c.unknown + c.bounced), 0) > 0
  from delivery_counters c where c.message_id = messages.id)`;

/**
 * Reads a page of the messages that the caller may see.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listMessages(
  { db }: Services,
  caller: Caller,
  filter: MessageFilter,
  order: MessageOrder,
  page: PageArgs,
): Promise<Page<Message>> {
  let query = queryBuilder<Tables>().selectFrom("messages")
    .select(MESSAGE_COLUMNS).where("organization_id", "=", caller.organizationId);
  if (caller.role === "MEMBER") query = query.where("user_id", "=", caller.userId);
  const { ids, statuses, channels, types, excludedTypes, withFailures, search } = filter;
  if (ids) query = query.where("id", "in", [...ids]);
  if (statuses) query = query.where("status", "in", [...statuses]);
  if (channels) query = query.where("channel", "in", [...channels]);
  if (types) query = query.where("type", "in", [...types]);
  if (excludedTypes) query = query.where("type", "not in", [...excludedTypes]);
  if (withFailures != null) query = query.where(HAS_FAILURES, "=", withFailures);
  if (search) {
    const pattern = `%${search.replaceAll("\0", "").replaceAll(/[\\%_]/g, "\\$&")}%`;
    query = query.where("title", "ilike", pattern);
  }
  if (filter.createdFrom) query = query.where("created_at", ">=", filter.createdFrom);
  if (filter.createdTo) query = query.where("created_at", "<", filter.createdTo);
  return listPage(db, query, SORTS[order], page);
}
