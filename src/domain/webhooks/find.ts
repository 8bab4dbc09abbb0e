import { type Connection, queryBuilder, statement } from "../../db/database.ts";
import type { TableOf } from "../../db/columns.ts";
import { sql } from "kysely";
import { type Caller, requireAdmin } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { byId, listPage, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";
import {
  CALL_COLUMNS,
  CALL_FIELDS,
  type WebhookAttempt,
  type WebhookCall,
  type WebhookCallStatus,
} from "./call.ts";
import {
  CIRCUIT_STATE,
  ENDPOINT_COLUMNS,
  ENDPOINT_FIELDS,
  type WebhookEndpoint,
} from "./endpoint.ts";

interface Tables {
  webhook_endpoints: TableOf<WebhookEndpoint, typeof ENDPOINT_FIELDS>;
  webhook_calls: TableOf<WebhookCall, typeof CALL_FIELDS>;
}

const FIND = statement<[ids: string[]], WebhookEndpoint>(
  "webhooks.find",
  `select ${ENDPOINT_COLUMNS} from webhook_endpoints where id = any($1)`,
);

/** Finds endpoints by id in all organizations. The caller must check access. */
export function findEndpoints(db: Connection, ids: readonly string[]): Promise<WebhookEndpoint[]> {
  return db.run(FIND, [...ids]);
}

/** An endpoint with a text that changes with its newest calls, so that its subscribers read them again. */
export interface LiveEndpoint extends WebhookEndpoint {
  readonly newestCalls: string;
}

const FIND_LIVE = statement<[ids: string[]], LiveEndpoint>(
  "webhooks.findLive",
  `select ${ENDPOINT_COLUMNS}, (
     select coalesce(string_agg(c.id || ' ' || c.status || ' ' || c.tries, ','), '') from (
       select id, status, tries from webhook_calls where endpoint_id = e.id
       order by id desc limit 50) c) as "newestCalls"
   from webhook_endpoints e where id = any($1)`,
);

/** Finds endpoints by id in all organizations, for subscriptions. The caller must check access. */
export function findLiveEndpoints(
  db: Connection,
  ids: readonly string[],
): Promise<LiveEndpoint[]> {
  return db.run(FIND_LIVE, [...ids]);
}

/** Whether the caller may see and change an endpoint: an ADMIN of its organization. */
export function mayAccess(
  caller: Caller,
  { organizationId }: Pick<WebhookEndpoint, "organizationId">,
): boolean {
  return caller.role !== "MEMBER" && caller.organizationId === organizationId;
}

/**
 * Finds an endpoint of the caller's organization.
 *
 * @throws {NotFoundError} also for a MEMBER
 */
export async function getEndpoint(
  { db }: Services,
  caller: Caller,
  id: string,
): Promise<WebhookEndpoint> {
  const [endpoint] = await findEndpoints(db, [id]);
  if (!endpoint || !mayAccess(caller, endpoint)) {
    throw new NotFoundError([toTypeId("webhookEndpoint", id)]);
  }
  return endpoint;
}

/**
 * Lists the endpoints of the caller's organization, newest first.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export async function listEndpoints(
  { db }: Services,
  caller: Caller,
  page: PageArgs,
): Promise<Page<WebhookEndpoint>> {
  requireAdmin(caller, "see webhook endpoints");
  const query = queryBuilder<Tables>().selectFrom("webhook_endpoints").select(ENDPOINT_FIELDS)
    .select(sql.raw<WebhookEndpoint["state"]>(CIRCUIT_STATE).as("state"))
    .where("organization_id", "=", caller.organizationId);
  return await listPage(db, query, byId("desc"), page);
}

const FIND_CALLS = statement<[organizationId: string, ids: string[]], WebhookCall>(
  "webhooks.findCalls",
  `select ${CALL_COLUMNS} from webhook_calls where organization_id = $1 and id = any($2)`,
);

/** Finds calls of the caller's organization by id; none for a MEMBER. */
export async function findCalls(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<WebhookCall[]> {
  if (caller.role === "MEMBER") return [];
  return await db.run(FIND_CALLS, caller.organizationId, [...ids]);
}

/**
 * Lists the calls of an endpoint that the caller may see, newest first.
 *
 * @param statuses null: all
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listCalls(
  { db }: Services,
  { id }: WebhookEndpoint,
  statuses: readonly WebhookCallStatus[] | null,
  page: PageArgs,
): Promise<Page<WebhookCall>> {
  let query = queryBuilder<Tables>().selectFrom("webhook_calls").select(CALL_FIELDS)
    .where("endpoint_id", "=", id);
  if (statuses) query = query.where("status", "in", [...statuses]);
  return listPage(db, query, byId("desc"), page);
}

const ATTEMPTS = statement<[callIds: string[]], WebhookAttempt & { callId: string }>(
  "webhooks.attempts",
  `select call_id as "callId", n as number, started_at as "startedAt", duration_ms as "durationMs",
     response_status as "responseStatus", response, error_type as "errorType",
     error_code as "errorCode", error_message as "errorMessage"
   from webhook_attempts where call_id = any($1) order by n`,
);

/** Reads the attempts at calls that the caller may see, oldest first, by the id of the call. */
export async function readAttempts(
  { db }: Services,
  callIds: readonly string[],
): Promise<Map<string, WebhookAttempt[]>> {
  return Map.groupBy(await db.run(ATTEMPTS, [...callIds]), ({ callId }) => callId);
}
