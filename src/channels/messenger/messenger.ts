import { z } from "zod";
import {
  ABORTED_RESULT,
  type Channel,
  type DeliveryError,
  type OutgoingMail,
  type SendOptions,
  type SendResult,
} from "../channel.ts";
import { Semaphore } from "../semaphore.ts";
import { classifyMetaFailure, classifyMissingResponse } from "./meta_failure.ts";

/** Settings of a Messenger channel. */
export interface MessengerOptions {
  /** Access token of the sending Page. */
  readonly accessToken: string;
  /** URL with the version of the Graph API: "https://graph.facebook.com/v25.0". */
  readonly baseUrl: string;
  /** Time limit for a response, in milliseconds. */
  readonly timeoutMs?: number;
}

/** Name of the Send API as a provider. */
export const MESSENGER = "messenger";
const MAX_CHARACTERS = 2_000;
const TIMEOUT_MS = 30_000;
const CONNECTIONS = 100;
// Shorter than Meta's idle timeout, because a request on a connection that Meta closes ends UNKNOWN.
const IDLE_MS = 20_000;

const sentSchema = z.object({ message_id: z.string() });
const failedSchema = z.object({
  error: z.object({
    code: z.number(),
    error_subcode: z.number().nullable().catch(null),
    message: z.string().catch(""),
    is_transient: z.boolean().catch(false),
  }),
});

interface ApiResponse {
  readonly status: number;
  readonly usage: string | null;
  /** Null if the body is not JSON. */
  readonly body: unknown;
}

/**
 * Opens the channel to users of Messenger through Meta's Send API. Only the text is sent, without the
 * subject and HTML. Messages have the type UPDATE, which Meta accepts within 24 hours of the recipient's
 * last message to the Page.
 *
 * A text that is empty or longer than 2,000 characters fails without a call. A call without a response
 * ends `unknown`, because the Send API has no idempotency key.
 */
export function openMessengerChannel(options: MessengerOptions): Channel {
  return new MessengerChannel(options);
}

class MessengerChannel implements Channel {
  readonly connections = CONNECTIONS;
  readonly #options: MessengerOptions;
  readonly #url: string;
  readonly #client: Deno.HttpClient;
  readonly #semaphore: Semaphore;
  /** True after a call without a response. */
  #unresponsive = false;

  constructor(options: MessengerOptions) {
    this.#options = options;
    this.#url = `${options.baseUrl.replace(/\/+$/, "")}/me/messages`;
    this.#client = Deno.createHttpClient({
      poolMaxIdlePerHost: CONNECTIONS,
      poolIdleTimeout: IDLE_MS,
    });
    this.#semaphore = new Semaphore(CONNECTIONS);
  }

  async send(mail: OutgoingMail, options: SendOptions = {}): Promise<SendResult> {
    const error = checkText(mail.text ?? "");
    if (error) return { outcome: "failed", provider: null, error };
    return await this.#semaphore.run(options, () => this.#attempt(mail, options.signal)) ??
      ABORTED_RESULT;
  }

  async close(): Promise<void> {
    await this.#semaphore.drain();
    this.#client.close();
  }

  async #attempt({ to, text }: OutgoingMail, signal?: AbortSignal): Promise<SendResult> {
    let postStarted = false;
    try {
      // After a lost response, first check that Meta responds: otherwise every mail would end UNKNOWN.
      if (this.#unresponsive) await this.#call(null, signal);
      if (signal?.aborted) return ABORTED_RESULT;
      postStarted = true;
      return resultOf(await this.#call(this.#form(to.address, text ?? "")));
    } catch (error) {
      if (signal?.aborted && !postStarted) return ABORTED_RESULT;
      this.#unresponsive = true;
      return failed(
        classifyMissingResponse(postStarted && !isConnectFailure(error), reasonOf(error)),
      );
    }
  }

  // The token is sent in the body, because URLs are logged.
  #form(recipient: string, text: string): Blob {
    const form = new URLSearchParams({
      recipient: JSON.stringify({ id: recipient }),
      messaging_type: "UPDATE",
      message: JSON.stringify({ text }),
      access_token: this.#options.accessToken,
    });
    // A Blob, because Deno repeats a request with a buffered body if a reused connection closes without a
    // response, although the first request may have been processed (denoland/deno#35610).
    return new Blob([form.toString()], { type: "application/x-www-form-urlencoded" });
  }

  /**
   * @param body null for a request that only checks whether there is a response
   * @param signal aborts the call
   */
  async #call(body: Blob | null, signal?: AbortSignal): Promise<ApiResponse> {
    const { timeoutMs = TIMEOUT_MS } = this.#options;
    const timeout = AbortSignal.timeout(timeoutMs);
    const response = await fetch(this.#url, {
      client: this.#client,
      method: body ? "POST" : "GET",
      body,
      redirect: "manual",
      signal: signal ? AbortSignal.any([timeout, signal]) : timeout,
    });
    const text = await response.text();
    this.#unresponsive = false;
    const usage = response.headers.get("x-business-use-case-usage");
    return { status: response.status, usage, body: parseJson(text) };
  }
}

/** Returns the error for a text that Meta refuses for every recipient; null if there is none. */
function checkText(text: string): DeliveryError | null {
  const failure = (code: string, message: string): DeliveryError => ({
    type: "OTHER",
    disposition: "never",
    code,
    message,
    retryAfterMs: null,
    beforeRecipient: false,
  });
  if (text.trim() === "") return failure("EMPTY_TEXT", "The text is empty for this recipient");
  if (Array.from(text).length <= MAX_CHARACTERS) return null;
  return failure("TEXT_TOO_LONG", `The text is longer than ${MAX_CHARACTERS} characters`);
}

function resultOf({ status, usage, body }: ApiResponse): SendResult {
  const sent = sentSchema.safeParse(body);
  if (sent.success) {
    return { outcome: "sent", provider: MESSENGER, providerMessageId: sent.data.message_id };
  }
  const { data } = failedSchema.safeParse(body);
  const error = data && {
    code: data.error.code,
    subcode: data.error.error_subcode,
    message: data.error.message,
    isTransient: data.error.is_transient,
  };
  return failed(classifyMetaFailure({ status, usage, error: error ?? null }));
}

function failed(error: DeliveryError): SendResult {
  return { outcome: "failed", provider: MESSENGER, error };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** True if no connection was made (DNS, TCP or TLS). Deno reports this in the message only. */
function isConnectFailure(error: unknown): boolean {
  return reasonOf(error).includes("client error (Connect)");
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "No response from Meta within the time limit";
  return error.cause instanceof Error ? error.cause.message : error.message;
}
