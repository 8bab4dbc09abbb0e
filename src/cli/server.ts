import { setTimeout as delay } from "node:timers/promises";
import { createClient } from "graphql-ws";
import { type DocumentNode, print } from "graphql";
import { readClientConfig } from "../config/config.ts";
import { CommandError, EXIT } from "./exit.ts";
import type { TadaDocumentNode } from "./graphql.ts";

interface Answer<R> {
  readonly data?: R | null;
  readonly errors?: readonly { readonly message: string }[];
}

// Two minutes in all.
const RECONNECTS = 60;
const RECONNECT_MS = 2_000;

interface SubscribeOptions {
  readonly signal?: AbortSignal;
  readonly onClosed?: () => void;
}

/** A running server, as the environment names it. */
export class Server {
  readonly #key: string | null;

  /** @throws {ConfigError} if WAYBILL_URL or WAYBILL_KEY is invalid */
  constructor({ serverUrl, key } = readClientConfig()) {
    this.url = serverUrl;
    this.#key = key;
  }

  /** Base URL, without a slash at the end. */
  readonly url: string;

  /**
   * Executes a query or mutation.
   *
   * @throws {CommandError} if the server cannot be reached, refuses the key, or answers with errors
   */
  async query<R, V>(document: TadaDocumentNode<R, V>, variables: V): Promise<R> {
    const response = await this.#post(document, variables);
    if (response.status === 401) throw this.#notSignedIn();
    const text = await response.text();
    if (!response.headers.get("content-type")?.includes("json")) {
      throw new CommandError(`${this.url} does not answer like Waybill: HTTP ${response.status}`);
    }
    const { data, errors }: Answer<R> = JSON.parse(text);
    if (errors?.length || !data) throw failureOf(errors ?? []);
    return data;
  }

  /**
   * Executes a subscription over WebSocket. It is repeated after the loss of the connection.
   *
   * @param options `signal`: ends it; `onClosed`: called whenever a connection is closed
   * @throws {CommandError} as `query`, while iterating
   */
  async *subscribe<R, V extends Record<string, unknown>>(
    document: TadaDocumentNode<R, V>,
    variables: V,
    { signal, onClosed }: SubscribeOptions = {},
  ): AsyncGenerator<R> {
    let connected = false;
    const client = createClient({
      on: { connected: () => connected = true, closed: () => onClosed?.() },
      // Retries after a lost connection, because the server may be restarting, but not if it was never reached.
      shouldRetry: () => connected,
      retryAttempts: RECONNECTS,
      retryWait: () => delay(RECONNECT_MS),
      url: `${this.url.replace(/^http/, "ws")}/graphql`,
      connectionParams: this.#key ? { authorization: `Bearer ${this.#key}` } : {},
    });
    const dispose = () => void client.dispose();
    signal?.addEventListener("abort", dispose);
    try {
      for await (const answer of client.iterate<R>({ query: print(document), variables })) {
        if (answer.errors?.length || !answer.data) throw failureOf(answer.errors ?? []);
        yield answer.data;
      }
    } catch (thrown) {
      if (signal?.aborted) return;
      throw this.#failureOfSocket(thrown);
    } finally {
      signal?.removeEventListener("abort", dispose);
      await client.dispose();
    }
  }

  async #post(document: DocumentNode, variables: unknown): Promise<Response> {
    try {
      return await fetch(`${this.url}/graphql`, {
        method: "POST",
        headers: {
          "content-type": "application/json",
          accept: "application/json",
          ...(this.#key && { authorization: `Bearer ${this.#key}` }),
        },
        body: JSON.stringify({ query: print(document), variables }),
      });
    } catch (error) {
      throw this.#unreachable(error instanceof Error ? error.message : String(error));
    }
  }

  #failureOfSocket(thrown: unknown): unknown {
    if (thrown instanceof CommandError) return thrown;
    if (thrown instanceof CloseEvent && thrown.code === 4401) return this.#notSignedIn();
    if (thrown instanceof CloseEvent) return this.#unreachable(`closed with ${thrown.code}`);
    if (Array.isArray(thrown)) return failureOf(thrown);
    return this.#unreachable(thrown instanceof Error ? thrown.message : "connection failed");
  }

  #unreachable(reason: string): CommandError {
    return new CommandError(
      `Cannot reach Waybill at ${this.url}: ${reason}\n` +
        "Start it with `deno task start`, or set WAYBILL_URL to the address of a running server.",
    );
  }

  #notSignedIn(): CommandError {
    const message = this.#key
      ? `${this.url} refuses the key in WAYBILL_KEY: it is unknown, expired or revoked.`
      : "Not signed in: set WAYBILL_KEY to an API key. The first start of the server prints one.";
    return new CommandError(message, EXIT.notSignedIn);
  }
}

function failureOf(errors: readonly { readonly message: string }[]): CommandError {
  const reasons = errors.map(({ message }) => message).join("; ");
  return new CommandError(reasons || "The server answered without data");
}
