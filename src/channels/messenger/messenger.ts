import { z } from "zod";
import {
  type Channel,
  type DeliveryError,
  GIVEN_UP,
  type OutgoingMail,
  type SendOptions,
  type SendResult,
} from "../channel.ts";
import { Gate } from "../semaphore.ts";
import { classifyMetaFailure, classifyMetaSilence } from "./meta_failure.ts";

/** How a Messenger channel sends. */
export interface MessengerOptions {
  /** Of the Page that sends. */
  readonly accessToken: string;
  /** With the version of the Graph API: "https://graph.facebook.com/v25.0". */
  readonly baseUrl: string;
  /** How long Meta may take to answer, in milliseconds. */
  readonly timeoutMs?: number;
}

/** What the Send API is called as a provider. */
export const MESSENGER = "messenger";
const MAX_CHARACTERS = 2_000;
const TIMEOUT_MS = 30_000;
const CONNECTIONS = 100;
// Sooner than the other side: what is sent on a connection that just ends there becomes doubtful.
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

interface Answer {
  readonly status: number;
  readonly usage: string | null;
  /** Null: no JSON. */
  readonly body: unknown;
}

/**
 * Opens the way out to the users of Meta's Messenger, by the Send API. The text is what is sent: no
 * subject and no HTML. Messages are of the type UPDATE: Meta takes them within 24 hours of the
 * recipient's last message to the Page, and refuses later ones as outside the allowed window.
 *
 * A text that is empty or longer than 2,000 characters fails without a call.
 *
 * A call that went out and was never answered is `unknown`: Meta knows no idempotency key.
 */
export function openMessengerChannel(options: MessengerOptions): Channel {
  return new MessengerChannel(options);
}

class MessengerChannel implements Channel {
  readonly connections = CONNECTIONS;
  readonly #options: MessengerOptions;
  readonly #url: string;
  readonly #client: Deno.HttpClient;
  readonly #gate: Gate;
  #silent = false;

  constructor(options: MessengerOptions) {
    this.#options = options;
    this.#url = `${options.baseUrl.replace(/\/+$/, "")}/me/messages`;
    this.#client = Deno.createHttpClient({
      poolMaxIdlePerHost: CONNECTIONS,
      poolIdleTimeout: IDLE_MS,
    });
    this.#gate = new Gate(CONNECTIONS);
  }

  async send(mail: OutgoingMail, options: SendOptions = {}): Promise<SendResult> {
    const fault = faultOf(mail.text ?? "");
    if (fault) return { outcome: "failed", provider: null, error: fault };
    return await this.#gate.pass(options, () => this.#try(mail, options.signal)) ?? GIVEN_UP;
  }

  async close(): Promise<void> {
    await this.#gate.empty();
    this.#client.close();
  }

  async #try({ to, text }: OutgoingMail, signal?: AbortSignal): Promise<SendResult> {
    let handedOver = false;
    try {
      // After a silence somebody must answer first: else all that follows would become doubtful.
      if (this.#silent) await this.#call(null, signal);
      if (signal?.aborted) return GIVEN_UP;
      handedOver = true;
      return resultOf(await this.#call(this.#form(to.address, text ?? "")));
    } catch (error) {
      if (signal?.aborted && !handedOver) return GIVEN_UP;
      this.#silent = true;
      return failed(classifyMetaSilence(handedOver && !isConnectFailure(error), reasonOf(error)));
    }
  }

  // The token stands in the body: addresses end up in logs.
  #form(recipient: string, text: string): Blob {
    const form = new URLSearchParams({
      recipient: JSON.stringify({ id: recipient }),
      messaging_type: "UPDATE",
      message: JSON.stringify({ text }),
      access_token: this.#options.accessToken,
    });
    // Deno sends a body that it holds whole a second time when a kept connection ends without an
    // answer, though the first may have been taken (denoland/deno#35610); of a Blob it keeps no copy.
    return new Blob([form.toString()], { type: "application/x-www-form-urlencoded" });
  }

  /**
   * @param body null: asks for nothing but an answer, whatever it says
   * @param signal gives the call up
   */
  async #call(body: Blob | null, signal?: AbortSignal): Promise<Answer> {
    const { timeoutMs = TIMEOUT_MS } = this.#options;
    const late = AbortSignal.timeout(timeoutMs);
    const response = await fetch(this.#url, {
      client: this.#client,
      method: body ? "POST" : "GET",
      body,
      redirect: "manual",
      signal: signal ? AbortSignal.any([late, signal]) : late,
    });
    const text = await response.text();
    this.#silent = false;
    const usage = response.headers.get("x-business-use-case-usage");
    return { status: response.status, usage, body: parseJson(text) };
  }
}

/** What Meta would refuse of any text, whoever it is for; null: nothing. */
function faultOf(text: string): DeliveryError | null {
  const fault = (code: string, message: string): DeliveryError => ({
    type: "OTHER",
    disposition: "never",
    code,
    message,
    retryAfterMs: null,
    beforeRecipient: false,
  });
  if (text.trim() === "") return fault("EMPTY_TEXT", "The text is empty for this recipient");
  if (Array.from(text).length <= MAX_CHARACTERS) return null;
  return fault("TEXT_TOO_LONG", `The text is longer than ${MAX_CHARACTERS} characters`);
}

function resultOf({ status, usage, body }: Answer): SendResult {
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

/** The runtime tells only in words that no connection came about: by name, address or certificate. */
function isConnectFailure(error: unknown): boolean {
  return reasonOf(error).includes("client error (Connect)");
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === "TimeoutError") return "Meta did not answer in time";
  return error.cause instanceof Error ? error.cause.message : error.message;
}
