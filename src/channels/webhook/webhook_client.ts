import { createHmac } from "node:crypto";
import http, { type IncomingMessage } from "node:http";
import https from "node:https";
import { Buffer } from "node:buffer";
import { isIP } from "node:net";
import { toErrorMessage } from "../channel.ts";
import {
  type AddressRules,
  checkedLookup,
  PrivateAddressError,
  PUBLIC_ONLY,
  resolveChecked,
} from "./address.ts";
import { errorOfStatus, type WebhookError, type WebhookResult } from "./result.ts";

/** Settings of a client. */
export interface WebhookClientOptions {
  /** Whether addresses inside the private network are called. */
  readonly allowPrivate: boolean;
  /** Version of this program, for the header User-Agent. */
  readonly version: string;
  /** Time limit of an attempt, in milliseconds. */
  readonly timeoutMs?: number;
  /** Absent: by `allowPrivate`, with the resolver of the system. */
  readonly rules?: AddressRules;
}

/** A request to an endpoint. */
export interface WebhookRequest {
  /** TypeID of the call; the same in all attempts. */
  readonly id: string;
  readonly url: string;
  readonly body: string;
  /** Secrets that the request is signed with: "whsec_…". */
  readonly secrets: readonly string[];
  readonly signal?: AbortSignal;
}

/** Makes calls by Standard Webhooks. */
export interface WebhookClient {
  /** Makes one attempt; rejects only if the signal was aborted. */
  post(request: WebhookRequest): Promise<WebhookResult>;
  /** Closes idle connections. */
  close(): void;
}

const TIMEOUT_MS = 10_000;
const IDLE_MS = 20_000;
const MAX_RESPONSE_BYTES = 4_096;
const MAX_RESPONSE_CHARACTERS = 1_024;

/**
 * Opens a client, whose connections are reused. It follows no redirects, reads 4 KiB of a response, and calls no
 * private addresses unless they are allowed.
 */
export function openWebhookClient(options: WebhookClientOptions): WebhookClient {
  const { allowPrivate } = options;
  const { rules = allowPrivate ? { ...PUBLIC_ONLY, isRefused: () => false } : PUBLIC_ONLY } =
    options;
  const pool = { keepAlive: true, timeout: IDLE_MS, lookup: checkedLookup(rules) };
  const agents = { "http:": new http.Agent(pool), "https:": new https.Agent(pool) };
  return {
    async post(request) {
      const startedAt = new Date();
      const start = performance.now();
      const end = (result: Omit<WebhookResult, "startedAt" | "durationMs">) => ({
        startedAt,
        durationMs: Math.round(performance.now() - start),
        ...result,
      });
      try {
        // A literal address is not looked up.
        const { hostname } = new URL(request.url);
        if (isIP(hostname.replace(/^\[(.*)\]$/, "$1"))) await resolveChecked(hostname, rules);
        return end(await attempt(request, startedAt, agents, options));
      } catch (error) {
        request.signal?.throwIfAborted();
        return end({ status: null, response: null, error: errorOf(error) });
      }
    },
    close() {
      agents["http:"].destroy();
      agents["https:"].destroy();
    },
  };
}

type Agents = Readonly<{ "http:": http.Agent; "https:": https.Agent }>;

async function attempt(
  { id, url: text, body, secrets, signal }: WebhookRequest,
  at: Date,
  agents: Agents,
  { version, timeoutMs = TIMEOUT_MS }: WebhookClientOptions,
): Promise<Pick<WebhookResult, "status" | "response" | "error">> {
  const url = new URL(text);
  const timeout = AbortSignal.timeout(timeoutMs);
  const limit = signal ? AbortSignal.any([timeout, signal]) : timeout;
  const seconds = Math.floor(at.getTime() / 1_000);
  const options = {
    method: "POST",
    signal: limit,
    headers: {
      "content-type": "application/json",
      "content-length": String(new TextEncoder().encode(body).length),
      "user-agent": `Waybill/${version}`,
      "webhook-id": id,
      "webhook-timestamp": String(seconds),
      "webhook-signature": secrets.map((secret) => sign(secret, `${id}.${seconds}.${body}`))
        .join(" "),
    },
  };
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  const request = url.protocol === "https:"
    ? https.request(url, { ...options, agent: agents["https:"] })
    : http.request(url, { ...options, agent: agents["http:"] });
  request.on("response", resolve).on("error", reject).end(body);
  try {
    const response = await promise;
    const { statusCode: status = 0, headers } = response;
    const beginning = await readBeginning(response);
    return { status, response: beginning, error: errorOfStatus(status, headers["retry-after"]) };
  } catch (error) {
    if (timeout.aborted) throw new TimeoutError(`No response within ${timeoutMs / 1_000} s`);
    throw error;
  }
}

/**
 * Signs by Standard Webhooks, version "v1". The package of the standard hashes in JavaScript, which takes four times
 * as long and counts at thousands of events per second.
 *
 * @param secret "whsec_" and base64
 * @param signed id, time and body
 */
function sign(secret: string, signed: string): string {
  const key = Buffer.from(secret.replace(/^whsec_/, ""), "base64");
  return `v1,${createHmac("sha256", key).update(signed).digest("base64")}`;
}

class TimeoutError extends Error {
  readonly code = "ETIMEDOUT";
}

/** Reads the beginning of a body, and closes the connection if there is more. */
async function readBeginning(response: IncomingMessage): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response) {
    chunks.push(chunk);
    bytes += chunk.length;
    // Leaving the loop destroys the response and its connection.
    if (bytes >= MAX_RESPONSE_BYTES) break;
  }
  const text = new TextDecoder().decode(await new Blob(chunks.map((c) => c.slice())).arrayBuffer());
  return text.replaceAll("\0", "").slice(0, MAX_RESPONSE_CHARACTERS).toWellFormed();
}

function errorOf(error: unknown): WebhookError {
  const message = toErrorMessage(error instanceof Error ? error.message : String(error));
  const code = error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : null;
  const type = error instanceof PrivateAddressError ? "PRIVATE" : "NETWORK";
  return { type, code, message: message || "No response", retryAfterMs: null };
}
