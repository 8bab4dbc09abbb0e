import { Buffer } from "node:buffer";
import { createHmac } from "node:crypto";
import type { Database } from "../../src/db/database.ts";
import { onEveryDatabase } from "./database.ts";
import { type TestServer, withServer } from "./server.ts";

/** Secret of the webhook of mails in JSON. */
export const SECRET = "a secret of some length";
/** Signing key of Mailgun. */
export const MAILGUN_KEY = "key-of-mailgun";

/** Answer of a webhook. */
export interface Answer {
  readonly status: number;
  readonly body: {
    readonly emailId: string;
    readonly threadId: string;
    readonly created: boolean;
    readonly errors: readonly { readonly path: readonly string[]; readonly message: string }[];
  };
}

/** A server with both webhooks of mails. */
export interface InboundServer extends TestServer {
  readonly db: Database;
  /** Posts a mail as JSON, signed. */
  postJson(mail: unknown, options?: Partial<SignedPost>): Promise<Answer>;
  /** Posts a form of Mailgun, signed. */
  postForm(form: FormData | URLSearchParams, options?: Partial<SignedPost>): Promise<Answer>;
}

interface SignedPost {
  readonly path: string;
  readonly secret: string;
  /** Time of the signature, in ms. */
  readonly at: number;
  /** Token of Mailgun; absent: a new one. */
  readonly token: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** Declares a test on both databases with a server that receives mails. */
export function onEveryInbound(
  name: string,
  test: (server: InboundServer) => Promise<void>,
): void {
  const webhooks = { secret: SECRET, mailgunSigningKey: MAILGUN_KEY, snsTopicArns: [] };
  onEveryDatabase(name, ({ db }) =>
    withServer(db, async (server) => {
      const post = async (path: string, init: RequestInit): Promise<Answer> => {
        const response = await fetch(new URL(path, server.url), { method: "POST", ...init });
        return { status: response.status, body: await response.json() };
      };
      await test({
        ...server,
        db,
        postJson(mail, options = {}) {
          const { path = "/webhooks/email", secret = SECRET, at = Date.now(), headers } = options;
          const body = typeof mail === "string" ? mail : JSON.stringify(mail);
          const signature = signatureOf(body, secret, at);
          return post(path, { body, headers: { "x-waybill-signature": signature, ...headers } });
        },
        postForm(form, options = {}) {
          const { path = "/webhooks/mailgun", ...signed } = options;
          for (const [field, value] of Object.entries(mailgunSignatureOf(signed))) {
            form.set(field, value);
          }
          return post(path, { body: form });
        },
      });
    }, { webhooks }));
}

/** Header X-Waybill-Signature of a body. */
export function signatureOf(body: string, secret = SECRET, at = Date.now()): string {
  const time = Math.floor(at / 1_000);
  return `t=${time},v1=${createHmac("sha256", secret).update(`${time}.${body}`).digest("hex")}`;
}

/** Signature of Mailgun, which covers no content. */
export function mailgunSignatureOf(
  { secret = MAILGUN_KEY, at = Date.now(), token = crypto.randomUUID() }: Partial<SignedPost> = {},
): { timestamp: string; token: string; signature: string } {
  const timestamp = `${Math.floor(at / 1_000)}`;
  const signature = createHmac("sha256", secret).update(timestamp + token).digest("hex");
  return { timestamp, token, signature };
}

/** A mail in MIME format, in base64. */
export function rawMail(lines: readonly string[]): string {
  return Buffer.from(lines.join("\r\n")).toString("base64");
}
