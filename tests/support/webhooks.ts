import { openWebhookClient } from "../../src/channels/webhook/webhook_client.ts";
import { type Connection, statement } from "../../src/db/database.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import { JOB_KINDS } from "../../src/domain/jobs/kinds.ts";
import { OUTBOX_EVENT_NAMES, type OutboxEvent } from "../../src/domain/outbox/event.ts";
import type { Services } from "../../src/domain/services.ts";
import { createVault } from "../../src/domain/vault.ts";
import { createEndpoint, type EndpointWithSecret } from "../../src/domain/webhooks/create.ts";
import { sweepOutbox } from "../../src/domain/webhooks/sweep.ts";
import { deliverEventsHandler } from "../../src/handlers/deliver_events.ts";
import { every } from "../../src/queue/every.ts";
import { bindHandlers } from "../../src/queue/handler.ts";
import { startWorker } from "../../src/queue/worker.ts";
import { WebhookSender } from "../../src/sending/webhook_sender.ts";

/** SECRET_KEY of the tests. */
export const WEBHOOK_SECRET_KEY = "the key of the secrets of all tests";

/** Adds a vault to services, which endpoints need. */
export function withVault(services: Services): Services {
  return { ...services, vault: createVault(() => Promise.resolve(WEBHOOK_SECRET_KEY)) };
}

/** Creates an endpoint, by default for all events. */
export function addEndpoint(
  services: Services,
  caller: Caller,
  url: string,
  events: readonly OutboxEvent[] = OUTBOX_EVENT_NAMES,
): Promise<EndpointWithSecret> {
  return createEndpoint(services, caller, { url, events, enabled: true });
}

/** Starts a worker that delivers events, also to private addresses; it stops at the end of its scope. */
export async function startWebhookWorker(
  services: Services,
  timeoutMs?: number,
): Promise<AsyncDisposable> {
  const client = openWebhookClient({ allowPrivate: true, version: "test", timeoutMs });
  const { DELIVER_EVENTS } = JOB_KINDS;
  const worker = await startWorker(services, {
    handlers: bindHandlers({ DELIVER_EVENTS }, {
      DELIVER_EVENTS: deliverEventsHandler((claim, signal) =>
        new WebhookSender(services, client, claim, signal)
      ),
    }),
    lanes: new Map([["WEBHOOK", 2]]),
  });
  const sweeping = every(50, "Sweeping", () => sweepOutbox(services));
  return {
    async [Symbol.asyncDispose]() {
      await sweeping.stop();
      await worker.stop();
      client.close();
    },
  };
}

const MAKE_DUE = statement<[]>(
  "test.makeCallsDue",
  `with calls as (
     update webhook_calls set next_attempt_at = now()
     where status = 'PENDING' and next_attempt_at > now()
   )
   update webhook_endpoints set retry_at = now() where retry_at > now()`,
);

/** Moves the times of the next attempts and probes back, so that they are due. */
export async function makeCallsDue(db: Connection): Promise<void> {
  await db.run(MAKE_DUE);
}

const PASS_TIME = statement<[seconds: number]>(
  "test.passTime",
  `with calls as (
     update webhook_calls set next_attempt_at = next_attempt_at - make_interval(secs => $1)
     where status = 'PENDING'
   )
   update webhook_endpoints set retry_at = retry_at - make_interval(secs => $1),
     failing_since = failing_since - make_interval(secs => $1)`,
);

/** Moves all times of webhooks back, as if time had passed. */
export async function passTime(db: Connection, seconds: number): Promise<void> {
  await db.run(PASS_TIME, seconds);
}

/** A row of `outbox`. */
export interface OutboxRow {
  readonly event: string;
  readonly objectId: string;
  readonly data: Readonly<Record<string, unknown>>;
}

const OUTBOX = statement<[], OutboxRow>(
  "test.outbox",
  `select event, object_id as "objectId", data from outbox order by id`,
);

/** Reads all events that wait. */
export function readOutbox(db: Connection): Promise<OutboxRow[]> {
  return db.run(OUTBOX);
}

/** State of a call in the database. */
export interface CallRow {
  readonly id: string;
  readonly status: string;
  readonly tries: number;
  readonly waitMs: number | null;
  readonly errorType: string | null;
}

const CALLS = statement<[], CallRow>(
  "test.webhookCalls",
  `select id, status, tries, error_type as "errorType",
     extract(epoch from next_attempt_at - now())::float8 * 1000 as "waitMs"
   from webhook_calls order by n`,
);

/** Reads all calls, in order. */
export function readCalls(db: Connection): Promise<CallRow[]> {
  return db.run(CALLS);
}
