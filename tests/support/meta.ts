import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

/** A message that the test server received. */
export interface ReceivedMessage {
  readonly recipient: string;
  readonly text: string;
  readonly messagingType: string | null;
  /** True if it was delivered, even if the response was an error or was lost. */
  readonly arrived: boolean;
}

/** Response instead of the success: an error, other text, or none. */
export type MetaReply =
  | {
    readonly status?: number;
    readonly headers?: Record<string, string>;
    readonly error: Readonly<Record<string, unknown>>;
    /** Present: the message was delivered although an error is returned. */
    readonly arrived?: boolean;
  }
  | { readonly status: number; readonly text: string; readonly headers?: Record<string, string> }
  | "CUT"
  | "SILENCE";

/** Settings that a test may change at any time. */
export interface MetaSettings {
  /** The token that is accepted. */
  token: string;
  /** Null: the message is accepted. */
  reply: (recipient: string) => MetaReply | null;
}

/** A test server for the Send API. */
export interface MetaServer extends AsyncDisposable {
  /** For MESSENGER_BASE_URL. */
  readonly baseUrl: string;
  readonly settings: MetaSettings;
  /** All messages with a valid token, accepted or not. */
  readonly received: readonly ReceivedMessage[];
  /** Method and path of each request: "POST /v25.0/me/messages". */
  readonly calls: readonly string[];
}

/** Error of an expired token in the documentation of Meta. */
export const EXPIRED_TOKEN = {
  message:
    "Error validating access token: Session has expired on Thursday, 01-Jan-26 00:00:00 PST.",
  type: "OAuthException",
  code: 190,
  error_subcode: 463,
  fbtrace_id: "BLBz/WZt8dN",
};

/** Starts a server on a free port; by default it accepts all messages with the token "EAAG-good". */
export async function startMetaServer(overrides: Partial<MetaSettings> = {}): Promise<MetaServer> {
  const settings: MetaSettings = { token: "EAAG-good", reply: () => null, ...overrides };
  const received: ReceivedMessage[] = [];
  const calls: string[] = [];
  const server = createServer(async (request, response) => {
    calls.push(`${request.method} ${request.url}`);
    const form = new URLSearchParams(await text(request));
    if (request.method !== "POST" || form.get("access_token") !== settings.token) {
      return send(response, { error: EXPIRED_TOKEN });
    }
    const recipient = JSON.parse(form.get("recipient") ?? "{}").id;
    const reply = settings.reply(recipient);
    received.push({
      recipient,
      text: JSON.parse(form.get("message") ?? "{}").text,
      messagingType: form.get("messaging_type"),
      arrived: reply === null || typeof reply === "string" || "arrived" in reply,
    });
    const success = { recipient_id: recipient, message_id: `m_${received.length}` };
    respond(request, response, reply, success);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v25.0`,
    settings,
    received,
    calls,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

function respond(
  request: IncomingMessage,
  response: ServerResponse,
  reply: MetaReply | null,
  success: object,
): void {
  if (reply === "SILENCE") return;
  if (reply === "CUT") return void request.socket.destroy();
  send(response, reply ?? { status: 200, text: JSON.stringify(success) });
}

function send(response: ServerResponse, reply: Exclude<MetaReply, string>): void {
  const body = "text" in reply ? reply.text : JSON.stringify({ error: reply.error });
  response.writeHead(reply.status ?? 400, { "content-type": "application/json", ...reply.headers });
  response.end(body);
}
