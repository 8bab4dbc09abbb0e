import { createVerify, X509Certificate } from "node:crypto";
import { z } from "zod";
import { checkAge, foreignId, parseJson, WebhookError } from "./webhook.ts";

/** Fetches from Amazon; tests put another in its place. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

// SNS tells a message again for at most an hour.
const MAX_AGE_MS = 2 * 60 * 60_000;
const MAX_CERTIFICATES = 10;
const CERTIFICATE_PATH = /^\/SimpleNotificationService-[0-9a-f]+\.pem$/;
// Certificates and confirmations have some kilobytes.
const MAX_ANSWER_LENGTH = 64 * 1024;
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
    const { publicKey } = await this.#certificateOf(message);
    const verify = createVerify(message.SignatureVersion === "1" ? "RSA-SHA1" : "RSA-SHA256");
    for (const key of SIGNED[message.Type]) {
      const value = message[key];
      if (value != null) verify.update(`${key}\n${value}\n`);
    }
    if (verify.verify(publicKey, message.Signature, "base64")) return;
    throw new WebhookError(401, "The signature is not Amazon's");
  }

  async #certificateOf({ SigningCertURL: url, TopicArn }: SnsMessage): Promise<X509Certificate> {
    const origin = originOf(TopicArn);
    if (!url.startsWith(origin) || !CERTIFICATE_PATH.test(url.slice(origin.length))) {
      throw new WebhookError(401, "SigningCertURL is not Amazon's, of the region of the topic");
    }
    const kept = this.#certificates.get(url);
    if (kept) return kept;
    const certificate = parseCertificate(await this.#get(url));
    const [oldest] = this.#certificates.keys();
    if (oldest && this.#certificates.size >= MAX_CERTIFICATES) this.#certificates.delete(oldest);
    this.#certificates.set(url, certificate);
    return certificate;
  }

  async #confirm({ SubscribeURL: url, TopicArn }: SnsMessage): Promise<void> {
    if (url?.startsWith(`${originOf(TopicArn)}/`)) await this.#get(url);
    else throw new WebhookError(400, "SubscribeURL is not Amazon's, of the region of the topic");
  }

  async #get(url: string): Promise<string> {
    const { pathname } = new URL(url);
    try {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const response = await this.fetch(url, { redirect: "error", signal });
      const text = await readText(response);
      if (response.ok && text !== null) return text;
      if (response.status < 500) throw new WebhookError(401, `Amazon has nothing at ${pathname}`);
      throw new Error(`Amazon answers with the status ${response.status}`);
    } catch (cause) {
      if (cause instanceof WebhookError) throw cause;
      throw new WebhookError(503, `Cannot get ${pathname} of Amazon`, { cause });
    }
  }
}

// As Amazon names its servers: in China another one owns the domain.
function originOf(topicArn: string): string {
  const [, , , region = ""] = topicArn.split(":");
  return `https://sns.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

function parseCertificate(text: string): X509Certificate {
  try {
    return new X509Certificate(text);
  } catch (cause) {
    throw new WebhookError(401, "SigningCertURL leads to no certificate", { cause });
  }
}

/** @returns null when it is longer than anything that Amazon has to say */
async function readText({ body }: Response): Promise<string | null> {
  let text = "";
  for await (const part of body?.pipeThrough(new TextDecoderStream()) ?? []) {
    text += part;
    if (text.length > MAX_ANSWER_LENGTH) return null;
  }
  return text;
}
