import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { Webhook } from "standardwebhooks";

/** A call that arrived at a receiver. */
export interface ReceivedCall {
  /** Header `webhook-id`. */
  readonly id: string;
  readonly type: string;
  readonly timestamp: string;
  readonly data: readonly Readonly<Record<string, unknown>>[];
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** Answer to a call. */
export interface ReceiverAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** A receiver on a free port, which checks no signatures. */
export interface WebhookReceiver extends AsyncDisposable {
  readonly url: string;
  /** All calls, whatever the answer. */
  readonly calls: readonly ReceivedCall[];
  /** Calls that were answered with 200 or 204. */
  readonly accepted: readonly ReceivedCall[];
  /** Answers a call; "SILENCE" never does. May be replaced at any time. */
  answer: (call: ReceivedCall) => ReceiverAnswer | "SILENCE" | Promise<ReceiverAnswer>;
}

/** Starts a receiver that accepts all calls. */
export async function startReceiver(): Promise<WebhookReceiver> {
  const calls: ReceivedCall[] = [];
  const accepted: ReceivedCall[] = [];
  const receive = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const { type, timestamp, data } = JSON.parse(body);
    const { headers } = request;
    const call = { id: String(headers["webhook-id"]), type, timestamp, data, headers, body };
    calls.push(call);
    const answer = await receiver.answer(call);
    if (answer === "SILENCE") return;
    if (answer.status < 300) accepted.push(call);
    response.writeHead(answer.status, answer.headers).end(answer.body);
  };
  const server = createServer((request, response) => void receive(request, response));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  const receiver: WebhookReceiver = {
    url: `http://127.0.0.1:${port}/hook`,
    calls,
    accepted,
    answer: () => ({ status: 204 }),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

/**
 * Verifies the signature of a call by the package of Standard Webhooks.
 *
 * @throws if the secret did not sign it
 */
export function verifyCall({ body, headers }: ReceivedCall, secret: string): void {
  new Webhook(secret).verify(body, {
    "webhook-id": String(headers["webhook-id"]),
    "webhook-timestamp": String(headers["webhook-timestamp"]),
    "webhook-signature": String(headers["webhook-signature"]),
  });
}
