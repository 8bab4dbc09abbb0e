import { type Nullable, type RawBuilder, type SelectQueryBuilder, sql } from "kysely";
import type { DeliveryErrorType } from "../../channels/channel.ts";
import { type Connection, LONG, queryBuilder, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { isAddressOf } from "../contacts/addresses.ts";
import type { MessageStatus } from "../message_status.ts";
import { hasProblem } from "../problems/list.ts";
import { byId, listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import type { SuppressionReason } from "../suppressions/suppression.ts";
import type { Delivery, DeliveryAttempt, DeliveryStatus } from "./delivery.ts";
import { type TimeFilter, timesOf } from "./times.ts";

/** Filter of a list of deliveries: fields are combined with AND, values of a field with OR. */
export interface DeliveryFilter extends TimeFilter {
  readonly ids?: readonly string[] | null;
  readonly messageId?: string | null;
  readonly statuses?: readonly DeliveryStatus[] | null;
  readonly errorTypes?: readonly DeliveryErrorType[] | null;
  readonly retryable?: boolean | null;
  /** Numbers of attempts that count. */
  readonly attempts?: readonly number[] | null;
  /** Names of the providers that accepted them, or were tried last. */
  readonly providers?: readonly string[] | null;
  /** Id of the problem that their last failure belongs to; only with a caller. */
  readonly problemId?: string | null;
  /** Id of the contact that they were sent to; only with a caller. */
  readonly contactId?: string | null;
  /** Types of their messages. */
  readonly types?: readonly string[] | null;
  /** Part of the address or the name, in any case. */
  readonly search?: string | null;
  /** PENDING and due before this time. */
  readonly dueBefore?: Date | null;
  /** Id of the current batch; a retried delivery is in a new one. */
  readonly batchId?: string | null;
}

/** Order of a list of deliveries. */
export type DeliveryOrder = "CREATED_ASC" | "FAILED_DESC" | "LAST_ATTEMPT_DESC";

interface Tables {
  deliveries: {
    id: string;
    organization_id: string;
    message_id: string;
    n: number;
    batch_number: number | null;
    address: string;
    name: string | null;
    variables: Record<string, unknown>;
    status: string;
    attempt: number;
    error_type: DeliveryErrorType | null;
    error_code: string | null;
    error_message: string | null;
    retryable: boolean;
    suppression_reason: SuppressionReason | null;
    not_before: Date | null;
    provider: string | null;
    provider_message_id: string | null;
    created_at: Date;
    updated_at: Date;
    last_attempt_at: Date | null;
    sent_at: Date | null;
    failed_at: Date | null;
  };
  messages: {
    id: string;
    user_id: string | null;
    type: string;
    status: MessageStatus;
    max_attempts: number;
  };
  batches: { id: string; message_id: string; number: number };
}

/** Tables of `matchingDeliveries`, by alias. */
export interface MatchingTables extends Tables {
  d: Tables["deliveries"];
  m: Tables["messages"];
  b: Nullable<Tables["batches"]>;
}

/**
 * Status of delivery `d`: SENDING while it is in the window (`win`) of its batch, and CANCELLED if it is PENDING in a
 * cancelled message.
 */
export const STATUS = sql<DeliveryStatus>`case when d.status <> 'PENDING' then d.status
  when d.n = any(b.win) then 'SENDING' when m.status = 'CANCELLED' then 'CANCELLED'
  else 'PENDING' end`;
/**
 * Condition in SQL: the error of delivery `d` allows another attempt, and so does its message `m`. The
 * number of attempts is compared when it is read, because `updateMessage` may raise the maximum.
 */
export const RETRYABLE = `(d.retryable and d.status <> 'PENDING'
  and d.attempt < m.max_attempts and m.status <> 'CANCELLED')`;
/** `RETRYABLE` for the query builder. */
export const IS_RETRYABLE = sql.raw<boolean>(RETRYABLE);
/** Time from which delivery `d` may be sent; null unless it is PENDING or SENDING. */
export const DUE_AT = sql<Date | null>`case when d.status = 'PENDING' and m.status <> 'CANCELLED'
  then coalesce(d.not_before, m.send_at, m.created_at) end`;

// A retried delivery keeps its failed_at while it is PENDING, so that retrying it is a HOT update.
const FAILED_AT = sql<Date | null>`case when d.status <> 'PENDING' then d.failed_at end`;

/**
 * Reads a page of the deliveries of messages that the caller may see.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listDeliveries(
  { db }: Services,
  caller: Caller,
  filter: DeliveryFilter,
  order: DeliveryOrder,
  page: PageArgs,
): Promise<Page<Delivery>> {
  return listPage(db, selectDeliveries(caller, filter), sortOf(filter, order), page);
}

/** Finds deliveries by id, of messages that the caller may see. */
export function findDeliveries(
  { db }: { readonly db: Connection },
  caller: Caller,
  ids: readonly string[],
): Promise<Delivery[]> {
  return db.select(selectDeliveries(caller, { ids }));
}

/**
 * Reads the deliveries of some messages that have one of the statuses, by position.
 *
 * @param limit maximum number of rows
 */
export function readByStatus(
  tx: Connection,
  caller: Caller,
  filter: DeliveryFilter,
  messageIds: readonly string[],
  statuses: readonly DeliveryStatus[],
  limit: number,
): Promise<Delivery[]> {
  return tx.select(
    selectDeliveries(caller, filter)
      .where(sql<boolean>`d.message_id = any(${[...messageIds]}::uuid[])`)
      .where(statusIn(statuses))
      .orderBy("d.message_id").orderBy("d.n").limit(limit),
    LONG,
  );
}

const ATTEMPTS = statement<[organizationId: string, deliveryId: string], DeliveryAttempt>(
  "deliveries.attempts",
  `select attempt + (not counted)::int as number, provider, started_at as "startedAt", finished_at as "finishedAt",
     outcome, error_type as "errorType", error_code as "errorCode",
     error_message as "errorMessage"
   from delivery_attempts where organization_id = $1 and delivery_id = $2 order by tries`,
);

/** Reads the attempts of a delivery, oldest first. The caller must be allowed to see the delivery. */
export function readAttempts({ db }: Services, delivery: Delivery): Promise<DeliveryAttempt[]> {
  return db.run(ATTEMPTS, delivery.organizationId, delivery.id);
}

function selectDeliveries(caller: Caller, filter: DeliveryFilter) {
  return matchingDeliveries(caller, filter)
    .select([
      "d.id",
      "d.organization_id as organizationId",
      "d.message_id as messageId",
      "d.n as position",
      "d.batch_number as batchNumber",
      "d.address",
      "d.name",
      "d.variables",
      "d.attempt",
      "m.max_attempts as maxAttempts",
      "d.error_type as errorType",
      "d.error_code as errorCode",
      "d.error_message as errorMessage",
      IS_RETRYABLE.as("retryable"),
      "d.suppression_reason as suppressionReason",
      "d.provider",
      "d.provider_message_id as providerMessageId",
      "d.created_at as createdAt",
      "d.updated_at as updatedAt",
      "d.last_attempt_at as lastAttemptAt",
      "d.sent_at as sentAt",
      FAILED_AT.as("failedAt"),
      STATUS.as("status"),
      DUE_AT.as("dueAt"),
    ]);
}

/**
 * Builds a query, still without columns, of the deliveries `d` that match a filter, with their messages
 * `m` and batches `b`.
 *
 * @param caller null for the system, which may see all organizations
 */
export function matchingDeliveries(
  caller: Caller | null,
  filter: DeliveryFilter,
): SelectQueryBuilder<MatchingTables, "d" | "m" | "b", unknown> {
  let query = queryBuilder<Tables>().selectFrom("deliveries as d")
    .innerJoin("messages as m", "m.id", "d.message_id")
    .leftJoin(
      "batches as b",
      (join) =>
        join.onRef("b.message_id", "=", "d.message_id").onRef("b.number", "=", "d.batch_number"),
    );
  if (caller) query = query.where("d.organization_id", "=", caller.organizationId);
  if (caller && filter.problemId != null) {
    query = query.where(hasProblem("d", caller, filter.problemId));
  }
  if (caller && filter.contactId != null) {
    query = query.where(isAddressOf(sql<string>`lower(d.address)`, caller, filter.contactId));
  }
  if (caller?.role === "MEMBER") query = query.where("m.user_id", "=", caller.userId);
  if (filter.ids) query = query.where("d.id", "in", [...filter.ids]);
  if (filter.messageId != null) query = query.where("d.message_id", "=", filter.messageId);
  if (filter.batchId != null) query = query.where("b.id", "=", filter.batchId);
  if (filter.statuses) query = query.where(statusIn(filter.statuses, filter.retryable === true));
  if (filter.errorTypes) query = query.where("d.error_type", "in", [...filter.errorTypes]);
  if (filter.retryable != null) query = query.where(retryableIs(filter.retryable));
  // As int, because the column has smallint, to which a larger number could not be converted.
  if (filter.attempts) {
    query = query.where(sql<boolean>`d.attempt = any(${[...filter.attempts]}::int[])`);
  }
  if (filter.providers) query = query.where("d.provider", "in", [...filter.providers]);
  for (const condition of timesOf(filter)) query = query.where(condition);
  if (filter.types) query = query.where("m.type", "in", [...filter.types]);
  if (filter.dueBefore) query = query.where(sql<boolean>`${DUE_AT} < ${filter.dueBefore}`);
  if (filter.search) query = query.where(matches(filter.search));
  return query;
}

// The positive form matches the partial index on retryable deliveries.
function retryableIs(wanted: boolean): RawBuilder<boolean> {
  return wanted ? IS_RETRYABLE : sql<boolean>`not ${IS_RETRYABLE}`;
}

// Conditions of the partial indexes that hold all deliveries with these statuses.
const INDEXED: Partial<Record<DeliveryStatus, string>> = {
  FAILED: "d.error_type is not null",
  UNKNOWN: "d.error_type is not null",
  BOUNCED: "d.error_type is not null",
  COMPLAINED: "d.error_type is not null",
  SUPPRESSED: "d.suppression_reason is not null",
};

/**
 * Builds the condition that a delivery has one of the statuses. It matches the partial indexes on errors and
 * suppressions if these hold all of the deliveries.
 *
 * @param retryable whether the query has the condition RETRYABLE, too
 */
export function statusIn(
  statuses: readonly DeliveryStatus[],
  retryable = false,
): RawBuilder<boolean> {
  const wanted = sql<boolean>`${STATUS} in (${sql.join(statuses)})`;
  const conditions = new Set(statuses.map((status) => INDEXED[status]));
  if (conditions.has(undefined)) return wanted;
  const stored = sql<boolean>`d.status in (${sql.join(statuses)})`;
  // The index on retryable deliveries is used; with a second condition the planner would expect a few rows.
  if (retryable) return stored;
  return sql<boolean>`(${sql.raw([...conditions].join(" or "))}) and ${stored}`;
}

function matches(search: string): RawBuilder<boolean> {
  const pattern = `%${search.replaceAll("\0", "").replaceAll(/[\\%_]/g, "\\$&")}%`;
  return sql<boolean>`(d.address ilike ${pattern} or d.name ilike ${pattern})`;
}

function sortOf({ messageId }: DeliveryFilter, order: DeliveryOrder): Sort {
  if (order === "CREATED_ASC") {
    if (messageId == null) return byId("asc", "d.id");
    return {
      // A part of each cursor: another name would end the cursors of clients.
      name: "n asc",
      keys: [{ expression: sql.ref("d.n"), type: "integer" }],
      direction: "asc",
    };
  }
  const column = order === "FAILED_DESC" ? "d.failed_at" : "d.last_attempt_at";
  return {
    name: `${column} desc`,
    keys: [
      { expression: sql`coalesce(${sql.ref(column)}, '-infinity')`, type: "timestamptz" },
      { expression: sql.ref("d.id"), type: "uuid" },
    ],
    direction: "desc",
  };
}
