import { getLogger } from "@logtape/logtape";
import { GraphQLError } from "graphql";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import {
  type EventOutcome,
  type ProviderEvent,
  ReusedTokenError,
} from "../../domain/deliveries/provider_event.ts";
import { recordEvent } from "../../domain/messages/provider_event.ts";
import type { Services } from "../../domain/services.ts";
import { readDsn } from "./dsn.ts";
import { readMailgun } from "./mailgun.ts";
import { readSes } from "./ses.ts";
import { errorResponse, toClientError } from "../errors.ts";
import { type Fetch, SnsReader } from "./sns.ts";
import { WebhookError } from "./webhook.ts";

/** By what the senders of webhooks are known; what is not set is not open. */
export interface WebhookOptions {
  /** Signs what we send to ourselves, as delivery status notifications; null: not taken. */
  readonly secret: string | null;
  /** Mailgun's; null: its webhooks are not taken. */
  readonly mailgunSigningKey: string | null;
  /** Of Amazon SNS; none: its messages are not taken. */
  readonly snsTopicArns: readonly string[];
  /** How Amazon's certificates are fetched. */
  readonly fetch?: Fetch;
}

type Reader = (
  headers: Headers,
  body: Uint8Array<ArrayBuffer>,
) => ProviderEvent | Promise<ProviderEvent>;

// A bounce returns the whole mail, perhaps.
const MAX_BODY_BYTES = 20 * 1024 * 1024;
const TELL_AGAIN = { "retry-after": "10" };
const log = getLogger(["waybill", "server"]);

/**
 * `POST /webhooks/bounces/<dsn, mailgun, ses>`: what became of mails after providers took them. Answers
 * 200 for what was recorded, or had been before; 503 for what is to be told again: its mail is still
 * being sent, or Amazon could not be asked.
 */
export function createBounces(services: Services, options: WebhookOptions): Hono {
  const app = new Hono();
  const tooLarge = () => errorResponse(413, new GraphQLError("The body is larger than 20 MiB"));
  const limit = bodyLimit({ maxSize: MAX_BODY_BYTES, onError: tooLarge });
  for (const [source, read] of readersOf(options)) {
    app.post(`/webhooks/bounces/${source}`, limit, async ({ req }) => {
      try {
        const event = await read(req.raw.headers, new Uint8Array(await req.arrayBuffer()));
        return answer(await recordEvent(services, event));
      } catch (error) {
        return failure(source, error);
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
    readers.set(
      "mailgun",
      (_headers, body) =>
        Promise.resolve(body).then((given) => readMailgun(mailgunSigningKey, given)),
    );
  }
  if (snsTopicArns.length > 0) {
    const sns = new SnsReader(snsTopicArns, fetch);
    readers.set("ses", async (_headers, body) => readSes(await sns.read(body)));
  }
  return readers;
}

function answer(outcome: EventOutcome): Response {
  if (outcome !== "early") return Response.json({ outcome });
  const error = new GraphQLError("The mail is still being sent; tell it again");
  return errorResponse(503, error, TELL_AGAIN);
}

function failure(source: string, error: unknown): Response {
  const refusal = error instanceof ReusedTokenError
    ? new WebhookError(401, error.message, { cause: error })
    : error;
  if (!(refusal instanceof WebhookError)) return errorResponse(500, toClientError(refusal));
  const { status, message } = refusal;
  log.warn("Refused a webhook of {source}: {status} {reason}", { source, status, reason: message });
  return errorResponse(status, new GraphQLError(message), status === 503 ? TELL_AGAIN : {});
}
