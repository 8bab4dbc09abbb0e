import { createHmac } from "node:crypto";
import process from "node:process";
import { type Command, InvalidArgumentError } from "commander";
import { Webhook } from "standardwebhooks";
import { readClientConfig } from "../config/config.ts";
import {
  type ForwardedCall,
  isWebhookEvent,
  LISTEN,
  typeOf,
  TYPES,
  type WebhookEvent,
} from "./forwarded.ts";
import { Server } from "./server.ts";
import { colors, writeLine, writeNote } from "./terminal.ts";

// As for an endpoint.
const TIMEOUT_MS = 10_000;
const WIDTH = 24;

interface Flags {
  readonly forwardTo: string;
  readonly events?: WebhookEvent[];
}

/** Adds `listen`: forwards events to a local program, as a webhook endpoint would get them. */
export function addListen(program: Command): void {
  program.command("listen")
    .description("forward events to a local program, signed as for a webhook endpoint")
    .requiredOption("--forward-to <url>", "URL that gets a POST request per call", toUrl)
    .option("--events <types>", "types, separated by commas; default: all", toEvents)
    .addHelpText(
      "after",
      `\nTypes:\n  ${Object.values(TYPES).join("\n  ")}\n` +
        "\nExample:\n  waybill listen --forward-to http://localhost:3000/hook " +
        "--events message.finished,delivery.bounced",
    )
    .action(listen);
}

function toUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol === "http:" || url?.protocol === "https:") return url.href;
  throw new InvalidArgumentError("Expected a URL that starts with http:// or https://.");
}

function toEvents(text: string): WebhookEvent[] {
  return text.split(",").map((type) => {
    const event = type.trim().toUpperCase().replace(".", "_");
    if (isWebhookEvent(event)) return event;
    throw new InvalidArgumentError(
      `Unknown type ${type}; there are: ${Object.values(TYPES).join(", ")}.`,
    );
  });
}

async function listen({ forwardTo, events }: Flags): Promise<void> {
  const end = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => end.abort());
  const config = readClientConfig();
  const secret = secretOf(config.key);
  const server = new Server(config);
  const counts = { accepted: 0, failed: 0 };
  let lostAt: Date | null = null;
  let ready = false;
  const onClosed = () => {
    if (!ready || end.signal.aborted) return;
    lostAt ??= new Date();
    writeNote(`${clock(lostAt)}  Connection lost; connecting again`);
  };
  while (!end.signal.aborted) {
    const results = server.subscribe(LISTEN, { events }, { signal: end.signal, onClosed });
    for await (const { webhookCallsForwarded: { calls } } of results) {
      // The first list of a subscription is empty.
      if (calls.length === 0) {
        if (!ready) announce(forwardTo, secret);
        if (lostAt) writeNote(`${clock()}  ${gap(lostAt)}`);
        [ready, lostAt] = [true, null];
      }
      for (const call of calls) {
        if (end.signal.aborted) break;
        counts[await forward(call, forwardTo, secret) ? "accepted" : "failed"]++;
      }
    }
  }
  writeNote(`Ended: ${counts.accepted} calls were accepted, ${counts.failed} failed`);
}

function announce(url: string, secret: string): void {
  writeLine(`Forwarding events to ${url}`);
  writeLine(`Signing secret: ${secret}`);
}

function gap(since: Date): string {
  return `Connected again; events since ${clock(since)} may be missing`;
}

/** Derived from the key, so that the secret of the local program stays valid across starts. */
function secretOf(key: string | null): string {
  const bytes = createHmac("sha256", key ?? "").update("waybill listen").digest("base64");
  return `whsec_${bytes}`;
}

/** Forwards a call once and prints a line about it; returns whether it was accepted. */
async function forward(call: ForwardedCall, url: string, secret: string): Promise<boolean> {
  const start = performance.now();
  const { accepted, answer } = await post(call, url, secret);
  const ms = Math.round(performance.now() - start);
  const data: unknown = JSON.parse(call.body).data;
  const events = Array.isArray(data) && data.length > 1 ? ` × ${data.length}` : "";
  const what = `${typeOf(call)}${events}`.padEnd(WIDTH);
  const result = accepted ? colors.green(answer) : colors.red(answer);
  writeLine(`${clock()}  ${what}  ${call.webhookId}  ${result}  ${ms} ms`);
  return accepted;
}

async function post(
  { webhookId: id, body }: ForwardedCall,
  url: string,
  secret: string,
): Promise<{ accepted: boolean; answer: string }> {
  const at = new Date();
  try {
    const response = await fetch(url, {
      method: "POST",
      redirect: "manual",
      signal: AbortSignal.timeout(TIMEOUT_MS),
      headers: {
        "content-type": "application/json",
        "webhook-id": id,
        "webhook-timestamp": String(Math.floor(at.getTime() / 1_000)),
        "webhook-signature": new Webhook(secret).sign(id, at, body),
      },
      body,
    });
    await response.body?.cancel();
    return { accepted: response.ok, answer: String(response.status) };
  } catch (error) {
    return { accepted: false, answer: error instanceof Error ? error.message : String(error) };
  }
}

function clock(time = new Date()): string {
  return time.toLocaleTimeString("en-GB");
}
