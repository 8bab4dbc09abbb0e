import { LONG, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { ConflictError, invalid, NotFoundError } from "../errors.ts";
import { MAX_IDS_PER_CALL, newId, toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { CALL_COLUMNS, TEST_EVENT, type WebhookCall } from "./call.ts";
import { findCalls, getEndpoint } from "./find.ts";
import { dueAfterEarlier } from "./form_calls.ts";
import { typeOf } from "./payload.ts";

const DUE = dueAfterEarlier("c.endpoint_id", "c.objects", "b.n < c.n");

const REPLAY = statement<[organizationId: string, ids: string[]], WebhookCall>(
  "webhooks.replay",
  `update webhook_calls c set status = 'PENDING', attempt = 0, finished_at = null,
     next_attempt_at = ${DUE}
   where organization_id = $1 and id = any($2)
   returning ${CALL_COLUMNS}`,
);

/**
 * Replays calls in any state, with the same ids and bodies. A PENDING call is made at once, unless an earlier call with
 * the same objects waits. Open circuits allow a probe at once.
 *
 * @param ids 1 to 1,000
 * @returns the calls, in the order of the ids
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for no id
 * @throws {NotFoundError} naming each unknown id; no call is replayed then
 * @throws {ConflictError} NOT_CONFIGURED while an endpoint is disabled
 */
export async function replayCalls(
  services: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<WebhookCall[]> {
  requireAdmin(caller, "replay webhook calls");
  if (ids.length === 0) throw invalid(["callIds"], "EMPTY", "must have at least one id");
  const found = await findCalls(services, caller, ids);
  const known = new Set(found.map(({ id }) => id));
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) {
    throw new NotFoundError(unknown.map((id) => toTypeId("webhookCall", id)));
  }
  for (const endpointId of new Set(found.map((call) => call.endpointId))) {
    await requireEnabled(services, caller, endpointId, "replay its calls");
  }
  const { organizationId } = caller;
  const replayed = await services.db.run(REPLAY, organizationId, [...known]);
  await begin(services, replayed);
  const byId = new Map(replayed.map((call) => [call.id, call]));
  return [...known].flatMap((id) => byId.get(id) ?? []);
}

const REPLAY_FAILED = statement<
  [endpointId: string, since: Date | null, limit: number],
  WebhookCall
>(
  "webhooks.replayFailed",
  `update webhook_calls c set status = 'PENDING', attempt = 0, finished_at = null,
     next_attempt_at = ${DUE}
   where id = any(array(
     select id from webhook_calls where endpoint_id = $1 and status = 'FAILED'
       and created_at >= coalesce($2, created_at) order by id limit $3))
   returning ${CALL_COLUMNS}`,
  LONG,
);

/**
 * Replays the FAILED calls of an endpoint, oldest first, up to 1,000 per request.
 *
 * @param since time of the oldest event; null: all
 * @returns the calls
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError}
 * @throws {ConflictError} NOT_CONFIGURED while the endpoint is disabled
 */
export async function replayFailedCalls(
  services: Services,
  caller: Caller,
  endpointId: string,
  since: Date | null,
): Promise<WebhookCall[]> {
  requireAdmin(caller, "replay webhook calls");
  await requireEnabled(services, caller, endpointId, "replay its calls");
  const replayed = await services.db.run(REPLAY_FAILED, endpointId, since, MAX_IDS_PER_CALL);
  await begin(services, replayed);
  return replayed.toSorted((a, b) => a.id < b.id ? -1 : 1);
}

const TEST = statement<
  [id: string, organizationId: string, endpointId: string, event: string, body: string],
  WebhookCall
>(
  "webhooks.test",
  `insert into webhook_calls (id, organization_id, endpoint_id, event, objects, body)
   values ($1, $2, $3, $4, array[$1::uuid], $5) returning ${CALL_COLUMNS}`,
);

/**
 * Makes a call with the event "webhook.test", to check the endpoint.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError}
 * @throws {ConflictError} NOT_CONFIGURED while the endpoint is disabled
 */
export async function testEndpoint(
  services: Services,
  caller: Caller,
  endpointId: string,
): Promise<WebhookCall> {
  requireAdmin(caller, "test webhook endpoints");
  await requireEnabled(services, caller, endpointId, "test it");
  const body = JSON.stringify({
    type: typeOf(`WEBHOOK_${TEST_EVENT}`),
    timestamp: new Date(),
    data: [{ id: toTypeId("webhookEndpoint", endpointId) }],
  });
  const { organizationId } = caller;
  const id = newId();
  const [call] = await services.db.run(TEST, id, organizationId, endpointId, TEST_EVENT, body);
  if (!call) throw new Error("Cannot test a webhook endpoint: the insert returned no row");
  await begin(services, [call]);
  return call;
}

async function requireEnabled(
  services: Services,
  caller: Caller,
  endpointId: string,
  action: string,
): Promise<void> {
  const { enabled } = await getEndpoint(services, caller, endpointId);
  if (enabled) return;
  const name = toTypeId("webhookEndpoint", endpointId);
  throw new ConflictError(
    "NOT_CONFIGURED",
    `Cannot ${action}: webhook endpoint ${name} is disabled; enable it first`,
  );
}

const ALLOW_PROBE = statement<[ids: string[]]>(
  "webhooks.allowProbe",
  "update webhook_endpoints set retry_at = now() where id = any($1) and retry_at > now()",
);

/** Lets calls probe open circuits at once, because a person expects the receiver to work, and publishes them. */
async function begin({ db, bus }: Services, calls: readonly WebhookCall[]): Promise<void> {
  const endpointIds = [...new Set(calls.map(({ endpointId }) => endpointId))];
  await db.run(ALLOW_PROBE, endpointIds);
  for (const [organizationId, group] of Map.groupBy(calls, (call) => call.organizationId)) {
    bus.publish("webhooks", organizationId, group.map(({ endpointId }) => endpointId));
  }
}
