import { getLogger } from "@logtape/logtape";
import { GraphQLError } from "graphql";
import { Hono } from "hono";
import { ReusedTokenError } from "../../domain/deliveries/mailgun_token.ts";
import type { PlacedEmail } from "../../domain/emails/incoming.ts";
import { InvalidInputError } from "../../domain/errors.ts";
import { toTypeId } from "../../domain/id.ts";
import type { FindSecrets } from "../../domain/inbound_routes/secrets.ts";
import { type ArrivedMail, createMailReceiver } from "../../domain/inbox/receive.ts";
import type { Services } from "../../domain/services.ts";
import { BodyTooLargeError, readBody } from "../body.ts";
import { BodyTimeoutError } from "../body_deadline.ts";
import { errorResponse, failureResponse, toClientError } from "../errors.ts";
import { BodyMemory, type HoldBytes } from "./body_memory.ts";
import { addInboundRoute } from "./inbound_route.ts";
import { readMailForm } from "./mail_form.ts";
import { readMailJson } from "./mail_json.ts";
import { checkMailgunForm, readMailgunMail } from "./mailgun_mail.ts";
import { checkSignature, WebhookError } from "./webhook.ts";

// Mailgun accepts mails of up to 25 MB.
const MAX_BODY_BYTES = 25 * 1024 * 1024;
// A body of this size takes four times as much while it is parsed.
const MAX_HELD_BYTES = 100 * 1024 * 1024;
// Mailgun repeats a request until it is answered 200 or 406.
const NEVER_ACCEPTABLE = 406;

const REPEAT_LATER = { "retry-after": "10" };

const log = getLogger(["waybill", "server"]);

interface Source {
  readonly kind: "EMAIL" | "MAILGUN";
  /**
   * Reads the body of a request, and checks its signature before the mail is parsed.
   *
   * @throws {WebhookError} @throws {InvalidInputError} @throws {BodyTooLargeError} @throws {BodyTimeoutError}
   */
  read(
    request: Request,
    secrets: readonly string[],
    hold: HoldBytes,
  ): Promise<Omit<ArrivedMail, "organizationId">>;
  /** Status for a mail that cannot be parsed, or is too large; null: 400 and 413. */
  readonly refusal: number | null;
}

const SOURCES: readonly Source[] = [
  {
    kind: "EMAIL",
    refusal: null,
    async read(request, secrets, hold) {
      const body = new Uint8Array(await readBody(request, MAX_BODY_BYTES, hold));
      checkSignature(secrets, request.headers, body);
      return { mail: await readMailJson(body), token: null };
    },
  },
  {
    kind: "MAILGUN",
    refusal: NEVER_ACCEPTABLE,
    async read(request, secrets, hold) {
      const form = await readMailForm(request, MAX_BODY_BYTES, hold);
      const token = checkMailgunForm(secrets, form);
      return { mail: await readMailgunMail(form), token };
    },
  },
];

/**
 * Handles `POST /webhooks/email` and `POST /webhooks/mailgun`, optionally with the id of an organization: an inbound
 * mail. Responds 200 once the mail is stored, by this or an earlier request.
 */
export function createInboundMail(services: Services, findSecrets: FindSecrets): Hono {
  const app = new Hono();
  const receive = createMailReceiver(services);
  const memory = new BodyMemory(MAX_HELD_BYTES);
  for (const source of SOURCES) {
    addInboundRoute(app, source.kind, findSecrets, async (request, { organizationId, secrets }) => {
      try {
        const arrived = await memory.with((hold) => source.read(request, secrets, hold));
        return acceptedResponse(await receive({ organizationId, ...arrived }));
      } catch (error) {
        return rejectionResponse(source, error);
      }
    });
  }
  return app;
}

function acceptedResponse({ emailId, threadId, created }: PlacedEmail): Response {
  return Response.json({
    emailId: toTypeId("email", emailId),
    threadId: toTypeId("thread", threadId),
    created,
  });
}

function rejectionResponse({ kind, refusal }: Source, cause: unknown): Response {
  const error = cause instanceof ReusedTokenError
    ? new WebhookError(401, cause.message, { cause })
    : cause;
  const status = statusOf(error, refusal);
  if (status === null) return failureResponse(error);
  // Issues may quote the mail, which does not belong in the log.
  log.warn("Rejected mail of webhook {kind} with status {status}", { kind, status });
  const shown = error instanceof WebhookError
    ? new GraphQLError(error.message)
    : toClientError(error);
  return errorResponse(status, shown, status === 503 ? REPEAT_LATER : {});
}

function statusOf(error: unknown, refusal: number | null): number | null {
  if (error instanceof InvalidInputError) return refusal ?? 400;
  if (error instanceof BodyTooLargeError) return refusal ?? 413;
  if (error instanceof BodyTimeoutError) return 408;
  return error instanceof WebhookError ? error.status : null;
}
