import { type Connection, LONG, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { type DeliveryFilter, findDeliveries } from "../deliveries/list.ts";
import { invalid, NotFoundError } from "../errors.ts";
import { MAX_IDS_PER_CALL, toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { getMessage } from "./find.ts";

/** Selection of deliveries: exactly one of these fields. */
export interface DeliverySelection {
  /** 1 to 1,000 ids. */
  readonly ids?: readonly string[] | null;
  /** A filter with at least one field. */
  readonly filter?: DeliveryFilter | null;
}

/** A checked selection, with the messages of its deliveries. */
export interface CheckedSelection {
  /** Null if the deliveries are selected by the filter. */
  readonly ids: readonly string[] | null;
  readonly filter: DeliveryFilter;
  readonly messageIds: readonly string[];
}

/** A checked selection, whose messages may not be known. */
export type KnownSelection = Omit<CheckedSelection, "messageIds"> & {
  /** Null if the filter names no message. */
  readonly messageIds: readonly string[] | null;
};

/**
 * Checks a selection of deliveries, and finds their messages.
 *
 * @param status status of the deliveries that the action may change; FAILED includes BOUNCED, and PENDING
 *   after a failure
 * @throws as `checkDeliveries`
 */
export async function checkSelection(
  services: Services,
  caller: Caller,
  selection: DeliverySelection,
  status: "FAILED" | "UNKNOWN",
): Promise<CheckedSelection> {
  const { messageIds, ...checked } = await checkDeliveries(services, caller, selection);
  if (messageIds) return { ...checked, messageIds };
  const found = await messagesWithErrors(services.db, caller, checked.filter, status);
  return { ...checked, messageIds: found };
}

/**
 * Checks a selection of deliveries.
 *
 * @throws {InvalidInputError} for both or neither of ids and filter, for an empty one, and for an empty
 *   search
 * @throws {NotFoundError} naming every delivery, or the message, that the caller may not see
 */
export async function checkDeliveries(
  services: Services,
  caller: Caller,
  { ids, filter }: DeliverySelection,
): Promise<KnownSelection> {
  if (ids && filter) throw invalid(["filter"], "ONE_OF", "cannot be combined with ids");
  if (ids) {
    const unique = [...new Set(ids)];
    return { ids: unique, filter: {}, messageIds: await messagesOfIds(services, caller, unique) };
  }
  if (!filter) throw invalid(["ids"], "REQUIRED", "are missing; give ids or a filter");
  if (Object.values(filter).every((value) => value == null)) {
    throw invalid(["filter"], "EMPTY", "has no field; set at least messageId or errorTypes");
  }
  if (filter.search != null && !filter.search.replaceAll("\0", "").trim()) {
    throw invalid(["filter", "search"], "EMPTY", "is empty and matches everything; remove it");
  }
  if (filter.messageId == null) return { ids: null, filter, messageIds: null };
  const { id } = await getMessage(services, caller, filter.messageId);
  return { ids: null, filter, messageIds: [id] };
}

async function messagesOfIds(
  services: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<string[]> {
  if (ids.length === 0) throw invalid(["ids"], "EMPTY", "are empty; name at least one delivery");
  if (ids.length > MAX_IDS_PER_CALL) {
    throw invalid(
      ["ids"],
      "TOO_LONG",
      `are more than ${MAX_IDS_PER_CALL}; use a filter`,
    );
  }
  const found = await findDeliveries(services, caller, ids);
  const foundIds = new Set(found.map(({ id }) => id));
  const missing = ids.filter((id) => !foundIds.has(id));
  if (missing.length > 0) throw new NotFoundError(missing.map((id) => toTypeId("delivery", id)));
  return [...new Set(found.map(({ messageId }) => messageId))];
}

const WITH_ERRORS = statement<
  [
    organizationId: string,
    ofAllUsers: boolean,
    userId: string | null,
    statuses: string[],
    types: string[] | null,
    errorTypes: string[] | null,
  ],
  { id: string }
>(
  "messages.withErrors",
  `select id from messages m
   where organization_id = $1 and ($2 or user_id = $3)
     and ($5::text[] is null or type = any($5))
     and exists (select from deliveries d where d.message_id = m.id and d.error_type is not null
       and d.status = any($4) and ($6::text[] is null or d.error_type = any($6)))
   order by id`,
  LONG,
);

async function messagesWithErrors(
  db: Connection,
  { organizationId, role, userId }: Caller,
  { types, errorTypes }: DeliveryFilter,
  status: "FAILED" | "UNKNOWN",
): Promise<string[]> {
  const rows = await db.run(
    WITH_ERRORS,
    organizationId,
    role !== "MEMBER",
    userId,
    status === "FAILED" ? ["FAILED", "BOUNCED", "PENDING"] : [status],
    types ? [...types] : null,
    errorTypes ? [...errorTypes] : null,
  );
  return rows.map(({ id }) => id);
}
