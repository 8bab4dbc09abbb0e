import { getLogger } from "@logtape/logtape";
import { GraphQLError } from "graphql";
import { Hono } from "hono";
import { ReusedTokenError } from "../../domain/deliveries/mailgun_token.ts";
import type { EventOutcome, ProviderEvent } from "../../domain/deliveries/provider_event.ts";
import { createEventRecorder } from "../../domain/messages/event_recorder.ts";
import type { Services } from "../../domain/services.ts";
import { readDsn } from "./dsn.ts";
import { readMailgun } from "./mailgun.ts";
import { readSes } from "./ses.ts";
import { BodyTooLargeError, readBody } from "../body.ts";
import { BodyTimeoutError } from "../body_deadline.ts";
import { errorResponse, failureResponse } from "../errors.ts";
import { type Fetch, SnsReader } from "./sns.ts";
import { WebhookError } from "./webhook.ts";

/** Credentials of the senders of webhooks. An endpoint whose credentials are not set answers 404. */
export interface WebhookOptions {
  /** Secret that signs forwarded delivery status notifications; null to disable. */
  readonly secret: string | null;
  /** Signing key of Mailgun; null to disable. */
  readonly mailgunSigningKey: string | null;
  /** Secret of the order webhooks of Shopify; null or absent to disable. */
  readonly shopifySecret?: string | null;
  /** Accepted topics of Amazon SNS; empty to disable. */
  readonly snsTopicArns: readonly string[];
  /** Fetches Amazon's certificates; absent: `globalThis.fetch`. */
  readonly fetch?: Fetch;
}

type Reader = (
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
) => ProviderEvent | Promise<ProviderEvent>;

// A bounce may contain the whole mail.
const MAX_BODY_BYTES = 20 * 1024 * 1024;
const REPEAT_LATER = { "retry-after": "10" };
const log = getLogger(["waybill", "server"]);

/**
 * Handles `POST /webhooks/bounces/<dsn, mailgun, ses>`: reports about mails that providers accepted.
 * Responds 200 if the report is recorded, now or by an earlier request, and 503 if the sender must repeat
 * it, because its mail is still being sent, or Amazon or the database cannot be reached.
 */
export function createBounces(services: Services, options: WebhookOptions): Hono {
  const app = new Hono();
  const recordEvent = createEventRecorder(services);
  for (const [source, read] of readersOf(options)) {
    app.post(`/webhooks/bounces/${source}`, async ({ req }) => {
      try {
        const body = new Uint8Array(await readBody(req.raw, MAX_BODY_BYTES));
        const event = await read(req.raw.headers, body);
        return outcomeResponse(await recordEvent(event));
      } catch (error) {
        return rejectionResponse(source, error);
      }
    });
  }
  return app;
}

function readersOf(
  { secret, mailgunSigningKey, snsTopicArns, fetch = globalThis.fetch }: WebhookOptions,
): Map<string, Reader> {
  const readers = new Map<string, Reader>();
  if (secret !== null) readers.set("dsn", (headers, body) => readDsn(secret, headers, body));
  if (mailgunSigningKey !== null) {
    readers.set("mailgun", (_headers, body) => readMailgun(mailgunSigningKey, body));
  }
  if (snsTopicArns.length > 0) {
    const sns = new SnsReader(snsTopicArns, fetch);
    readers.set("ses", async (_headers, body) => readSes(await sns.read(body)));
  }
  return readers;
}

function outcomeResponse(outcome: EventOutcome): Response {
  if (outcome !== "early") return Response.json({ outcome });
  const error = new GraphQLError(
    "Cannot record the event: its mail is still being sent; repeat the request",
  );
  return errorResponse(503, error, REPEAT_LATER);
}

function rejectionResponse(source: string, error: unknown): Response {
  const rejection = error instanceof ReusedTokenError
    ? new WebhookError(401, error.message, { cause: error })
    : error;
  if (rejection instanceof BodyTooLargeError) return errorResponse(413, rejection);
  if (rejection instanceof BodyTimeoutError) return errorResponse(408, rejection);
  if (!(rejection instanceof WebhookError)) return failureResponse(rejection);
  const { status, message } = rejection;
  log.warn("Rejected webhook of {source} with status {status}: {reason}", {
    source,
    status,
    reason: message,
  });
  return errorResponse(status, new GraphQLError(message), status === 503 ? REPEAT_LATER : {});
}
