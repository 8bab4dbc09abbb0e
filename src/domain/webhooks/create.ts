import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { ConflictError, invalid } from "../errors.ts";
import { newId } from "../id.ts";
import { isOutboxEvent, type OutboxEvent } from "../outbox/event.ts";
import { subscribeEndpoint } from "../outbox/subscriptions.ts";
import type { Services } from "../services.ts";
import { ENDPOINT_COLUMNS, type WebhookEndpoint } from "./endpoint.ts";
import { newSecret } from "./secret.ts";
import { checkUrl } from "./url.ts";

/** Maximum number of endpoints of an organization, because each change is written once for each of them. */
const MAX_ENDPOINTS = 20;

/** Input of `createEndpoint`. */
export interface CreateEndpointInput {
  readonly url: string;
  readonly events: readonly string[];
  readonly enabled: boolean;
}

/** An endpoint with a new signing secret, which is not shown again. */
export interface EndpointWithSecret {
  readonly endpoint: WebhookEndpoint;
  readonly secret: string;
}

const INSERT = statement<
  [
    id: string,
    organizationId: string,
    url: string,
    events: string[],
    enabled: boolean,
    secret: string,
    limit: number,
  ],
  WebhookEndpoint
>(
  "webhooks.create",
  `insert into webhook_endpoints (id, organization_id, url, events, enabled, secret)
   select $1::uuid, $2::uuid, $3, $4::text[], $5::boolean, $6
   where (select count(*) from webhook_endpoints where organization_id = $2) < $7
   returning ${ENDPOINT_COLUMNS}`,
);

/**
 * Creates an endpoint.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} paths `url` and `events`
 * @throws {ConflictError} IN_USE for more than 20 endpoints; NOT_CONFIGURED without a key for secrets
 */
export async function createEndpoint(
  services: Services,
  caller: Caller,
  { url, events, enabled }: CreateEndpointInput,
): Promise<EndpointWithSecret> {
  requireAdmin(caller, "create webhook endpoints");
  const checkedEvents = checkEvents(events);
  const checkedUrl = await checkUrl(services, url);
  const id = newId();
  const { organizationId } = caller;
  const { secret, sealed } = await newSecret(services, id);
  const endpoint = await services.db.transaction(async (tx) => {
    const [created] = await tx.run(
      INSERT,
      id,
      organizationId,
      checkedUrl,
      checkedEvents,
      enabled,
      sealed,
      MAX_ENDPOINTS,
    );
    if (!created) {
      const reason = `Cannot create more than ${MAX_ENDPOINTS} webhook endpoints; delete one first`;
      throw new ConflictError("IN_USE", reason);
    }
    if (enabled) await subscribeEndpoint(tx, created, checkedEvents);
    return created;
  });
  services.bus.publish("webhooks", organizationId, [id]);
  return { endpoint, secret };
}

/**
 * Checks the events of an endpoint.
 *
 * @returns the events without duplicates
 * @throws {InvalidInputError} path `events`
 */
export function checkEvents(events: readonly string[]): OutboxEvent[] {
  const path = ["events"];
  if (events.length === 0) throw invalid(path, "REQUIRED", "must have at least one event");
  const known = events.filter(isOutboxEvent);
  if (known.length < events.length) {
    throw invalid(path, "MALFORMED", "must not have TEST, which testWebhookEndpoint sends");
  }
  return [...new Set(known)];
}
