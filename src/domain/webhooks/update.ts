import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { invalid, NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { subscribeEndpoint } from "../outbox/subscriptions.ts";
import type { Services } from "../services.ts";
import { checkEvents, type EndpointWithSecret } from "./create.ts";
import { ENDPOINT_COLUMNS, type WebhookEndpoint } from "./endpoint.ts";
import { getEndpoint } from "./find.ts";
import { newSecret } from "./secret.ts";
import { checkUrl } from "./url.ts";

/** Input of `updateEndpoint`; an absent field is unchanged. */
export interface UpdateEndpointInput {
  readonly url?: string | null;
  readonly events?: readonly string[] | null;
  readonly enabled?: boolean | null;
}

// A new URL, and enabling, close the circuit, because its errors are from before the change.
const UPDATE = statement<
  [
    organizationId: string,
    id: string,
    url: string | null,
    events: string[] | null,
    enabled: boolean | null,
  ],
  WebhookEndpoint
>(
  "webhooks.update",
  `update webhook_endpoints e set url = coalesce($3, e.url), events = coalesce($4, e.events),
     enabled = coalesce($5, e.enabled), updated_at = now(),
     disabled_reason = case when $5 is null then e.disabled_reason end,
     state = case when r.resets then 'CLOSED' else e.state end,
     retry_at = case when not r.resets then e.retry_at end,
     failures = case when r.resets then 0 else e.failures end,
     openings = case when r.resets then 0 else e.openings end,
     failing_since = case when not r.resets then e.failing_since end
   from (select $3::text is not null or coalesce($5::boolean, false) as resets) r
   where e.organization_id = $1 and e.id = $2
   returning ${ENDPOINT_COLUMNS}`,
);

const CONTINUE = statement<[endpointId: string]>(
  "webhooks.continueCalls",
  `update webhook_calls set next_attempt_at = now()
   where endpoint_id = $1 and status = 'PENDING' and next_attempt_at > now()`,
);

/**
 * Changes an endpoint. A new URL, or `enabled: true`, closes its circuit and makes its waiting calls at once.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError}
 * @throws {InvalidInputError} path `url` or `events`, or none if no field is to be changed
 */
export async function updateEndpoint(
  services: Services,
  caller: Caller,
  id: string,
  { url, events, enabled }: UpdateEndpointInput,
): Promise<WebhookEndpoint> {
  requireAdmin(caller, "change webhook endpoints");
  await getEndpoint(services, caller, id);
  if (url == null && events == null && enabled == null) {
    throw invalid([], "EMPTY", "must change at least one field");
  }
  const checkedEvents = events == null ? null : checkEvents(events);
  const checkedUrl = url == null ? null : await checkUrl(services, url);
  const { organizationId } = caller;
  const updated = await services.db.transaction(async (tx) => {
    const [endpoint] = await tx.run(
      UPDATE,
      organizationId,
      id,
      checkedUrl,
      checkedEvents,
      enabled ?? null,
    );
    if (!endpoint) throw new NotFoundError([toTypeId("webhookEndpoint", id)]);
    await subscribeEndpoint(tx, endpoint, endpoint.enabled ? endpoint.events : []);
    if (checkedUrl !== null || enabled) await tx.run(CONTINUE, id);
    return endpoint;
  });
  services.bus.publish("webhooks", organizationId, [id]);
  return updated;
}

const ROTATE = statement<
  [organizationId: string, id: string, secret: string],
  WebhookEndpoint
>(
  "webhooks.rotateSecret",
  `update webhook_endpoints set previous_secret = secret, secret = $3, updated_at = now(),
     previous_secret_until = now() + interval '1 day'
   where organization_id = $1 and id = $2 returning ${ENDPOINT_COLUMNS}`,
);

/**
 * Replaces the signing secret of an endpoint. For a day its calls are signed with both.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError}
 * @throws {ConflictError} NOT_CONFIGURED without a key for secrets
 */
export async function rotateSecret(
  services: Services,
  caller: Caller,
  id: string,
): Promise<EndpointWithSecret> {
  requireAdmin(caller, "rotate the secret of a webhook endpoint");
  await getEndpoint(services, caller, id);
  const { organizationId } = caller;
  const { secret, sealed } = await newSecret(services, id);
  const [endpoint] = await services.db.run(ROTATE, organizationId, id, sealed);
  if (!endpoint) throw new NotFoundError([toTypeId("webhookEndpoint", id)]);
  services.bus.publish("webhooks", organizationId, [id]);
  return { endpoint, secret };
}
