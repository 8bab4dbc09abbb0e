import { createVerify, X509Certificate } from "node:crypto";
import { z } from "zod";
import { checkAge, foreignId, parseJson, WebhookError } from "./webhook.ts";

/** Function that fetches from Amazon; replaced in tests. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

// SNS repeats a message for at most one hour.
const MAX_AGE_MS = 2 * 60 * 60_000;
const MAX_CERTIFICATES = 10;
const CERTIFICATE_PATH = /^\/SimpleNotificationService-[0-9a-f]+\.pem$/;
// Certificates and confirmations have a few kilobytes.
const MAX_RESPONSE_LENGTH = 64 * 1024;
const TIMEOUT_MS = 10_000;

const messageSchema = z.object({
  Type: z.enum(["Notification", "SubscriptionConfirmation", "UnsubscribeConfirmation"]),
  MessageId: foreignId,
  TopicArn: z.string(),
  Message: z.string(),
  Timestamp: z.iso.datetime(),
  SignatureVersion: z.enum(["1", "2"]),
  Signature: z.string(),
  SigningCertURL: z.string(),
  Subject: z.string().nullish(),
  SubscribeURL: z.string().nullish(),
  Token: z.string().nullish(),
});

/** Message of Amazon's Simple Notification Service. */
export type SnsMessage = z.infer<typeof messageSchema>;

// Signed fields, in signing order.
const SIGNED: Record<SnsMessage["Type"], readonly (keyof SnsMessage)[]> = {
  Notification: ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"],
  SubscriptionConfirmation: [
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
  ],
  UnsubscribeConfirmation: [
    "Message",
    "MessageId",
    "SubscribeURL",
    "Timestamp",
    "Token",
    "TopicArn",
    "Type",
  ],
};

/**
 * Reads messages of the accepted SNS topics and verifies them as Amazon's developer guide describes
 * ("Verifying the signatures of Amazon SNS messages"). It confirms subscriptions.
 */
export class SnsReader {
  readonly #certificates = new Map<string, X509Certificate>();

  /** @param topicArns ARNs of the accepted topics */
  constructor(readonly topicArns: readonly string[], readonly fetch: Fetch) {}

  /**
   * Reads and verifies one message.
   *
   * @throws {WebhookError} 400, 401 or 403 for a message that is not accepted, 503 if Amazon does not respond
   */
  async read(body: Uint8Array): Promise<SnsMessage> {
    const { data: message, error } = messageSchema.safeParse(parseJson(body));
    if (error) {
      throw new WebhookError(400, "Cannot read the body: it is not a message of SNS", {
        cause: error,
      });
    }
    if (!this.topicArns.includes(message.TopicArn)) {
      throw new WebhookError(
        403,
        `Cannot accept topic ${message.TopicArn}: it is not in SNS_TOPIC_ARNS`,
      );
    }
    await this.#verify(message);
    checkAge(Date.parse(message.Timestamp), MAX_AGE_MS);
    if (message.Type === "SubscriptionConfirmation") await this.#confirm(message);
    return message;
  }

  async #verify(message: SnsMessage): Promise<void> {
    const { publicKey } = await this.#certificateOf(message);
    const verify = createVerify(message.SignatureVersion === "1" ? "RSA-SHA1" : "RSA-SHA256");
    for (const key of SIGNED[message.Type]) {
      const value = message[key];
      if (value != null) verify.update(`${key}\n${value}\n`);
    }
    if (verify.verify(publicKey, message.Signature, "base64")) return;
    throw new WebhookError(401, "The signature is not valid for the certificate at SigningCertURL");
  }

  async #certificateOf({ SigningCertURL: url, TopicArn }: SnsMessage): Promise<X509Certificate> {
    const origin = originOf(TopicArn);
    if (!url.startsWith(origin) || !CERTIFICATE_PATH.test(url.slice(origin.length))) {
      throw new WebhookError(
        401,
        "SigningCertURL is not a URL of Amazon in the region of the topic",
      );
    }
    const cached = this.#certificates.get(url);
    if (cached) return cached;
    const certificate = parseCertificate(await this.#get(url));
    const [oldest] = this.#certificates.keys();
    if (oldest && this.#certificates.size >= MAX_CERTIFICATES) this.#certificates.delete(oldest);
    this.#certificates.set(url, certificate);
    return certificate;
  }

  async #confirm({ SubscribeURL: url, TopicArn }: SnsMessage): Promise<void> {
    if (url?.startsWith(`${originOf(TopicArn)}/`)) await this.#get(url);
    else {throw new WebhookError(
        400,
        "SubscribeURL is not a URL of Amazon in the region of the topic",
      );}
  }

  async #get(url: string): Promise<string> {
    const { pathname } = new URL(url);
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await this.fetch(url, { redirect: "error", signal });
      const text = await readText(response);
      if (response.ok && text !== null) return text;
      if (response.status < 500) {
        throw new WebhookError(401, `Cannot get ${pathname} of Amazon: status ${response.status}`);
      }
      throw new Error(`Amazon responded with status ${response.status}`);
    } catch (cause) {
      if (cause instanceof WebhookError) throw cause;
      throw new WebhookError(503, `Cannot get ${pathname} of Amazon`, { cause });
    }
  }
}

// Amazon uses another domain in China.
function originOf(topicArn: string): string {
  const [, , , region = ""] = topicArn.split(":");
  return `https://sns.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

function parseCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw new WebhookError(401, "Cannot parse the certificate at SigningCertURL", { cause });
  }
}

/** @returns null if the text exceeds MAX_RESPONSE_LENGTH */
async function readText({ body }: Response): Promise<string | null> {
  let text = "";
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.length > MAX_RESPONSE_LENGTH) return null;
  }
  return text;
}
