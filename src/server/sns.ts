import { createVerify, X509Certificate } from "node:crypto";
import { z } from "zod";
import { checkAge, foreignId, parseJson, WebhookError } from "./webhook.ts";

/** Fetches from Amazon; tests put another in its place. */
export type Fetch = (url: string) => Promise<Response>;

// SNS tells a message again for at most an hour.
const MAX_AGE_MS = 2 * 60 * 60_000;
const MAX_CERTIFICATES = 10;
const AMAZON_HOST = /^sns\.[a-z0-9-]{3,}\.amazonaws\.com(\.cn)?$/;

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

/** A message of Amazon's Simple Notification Service. */
export type SnsMessage = z.infer<typeof messageSchema>;

// In the order in which they are signed.
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
 * Reads messages of Amazon SNS, of the topics that are allowed, as Amazon's developer guide
 * ("Verifying the signatures of Amazon SNS messages") says. A subscription is confirmed.
 */
export class SnsReader {
  readonly #certificates = new Map<string, X509Certificate>();

  /** @param topicArns of the topics that are ours */
  constructor(readonly topicArns: readonly string[], readonly fetch: Fetch) {}

  /**
   * @returns the message once its signature is verified
   * @throws {WebhookError}
   */
  async read(body: Uint8Array): Promise<SnsMessage> {
    const { data: message, error } = messageSchema.safeParse(parseJson(body));
    if (error) throw new WebhookError(400, "The body is no message of SNS", { cause: error });
    if (!this.topicArns.includes(message.TopicArn)) {
      throw new WebhookError(403, `The topic ${message.TopicArn} is not one of SNS_TOPIC_ARNS`);
    }
    await this.#verify(message);
    checkAge(Date.parse(message.Timestamp), MAX_AGE_MS);
    if (message.Type === "SubscriptionConfirmation") await this.#confirm(message);
    return message;
  }

  async #verify(message: SnsMessage): Promise<void> {
    const { publicKey } = await this.#certificateAt(message.SigningCertURL);
    const verify = createVerify(message.SignatureVersion === "1" ? "RSA-SHA1" : "RSA-SHA256");
    for (const key of SIGNED[message.Type]) {
      const value = message[key];
      if (value != null) verify.update(`${key}\n${value}\n`);
    }
    if (verify.verify(publicKey, message.Signature, "base64")) return;
    throw new WebhookError(401, "The signature is not Amazon's");
  }

  async #certificateAt(url: string): Promise<X509Certificate> {
    const kept = this.#certificates.get(url);
    if (kept) return kept;
    if (!isAmazon(url) || !url.endsWith(".pem")) {
      throw new WebhookError(401, "SigningCertURL does not lead to Amazon");
    }
    const certificate = new X509Certificate(await this.#get(url));
    const [oldest] = this.#certificates.keys();
    if (oldest && this.#certificates.size >= MAX_CERTIFICATES) this.#certificates.delete(oldest);
    this.#certificates.set(url, certificate);
    return certificate;
  }

  async #confirm({ SubscribeURL: url }: SnsMessage): Promise<void> {
    if (url && isAmazon(url)) await this.#get(url);
    else throw new WebhookError(400, "SubscribeURL does not lead to Amazon");
  }

  async #get(url: string): Promise<string> {
    const response = await this.fetch(url);
    const text = await response.text();
    if (response.ok) return text;
    throw new Error(`Cannot get ${new URL(url).pathname} of Amazon SNS: HTTP ${response.status}`);
  }
}

function isAmazon(text: string): boolean {
  const url = URL.parse(text);
  return url?.protocol === "https:" && url.port === "" && url.username === "" &&
    AMAZON_HOST.test(url.hostname);
}
