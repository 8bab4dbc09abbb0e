// Sends messages of one recipient to a `serve` process over HTTP, for the measurements that need one.
import type { Caller } from "../../src/domain/access/access.ts";
import { createApiKey } from "../../src/domain/access/api_keys.ts";
import type { SendMessageInput } from "../../src/domain/messages/input.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { testDatabase } from "../support/database.ts";
import { type Program, request, startProgram } from "../support/program.ts";
import { fillAudience } from "./audience.ts";
import { quantile, report } from "./report.ts";
import { readSink, templates } from "./smtp_send.ts";

const LONE_INTERVAL_MS = 50;

export type Target = Pick<Program, "address" | "key">;
export type Lane = SendMessageInput["lane"];

export const SEND = `mutation Send($input: SendMessageInput!) {
  sendMessage(input: $input) {
    __typename
    ... on SendMessagePayload { message { id status } }
    ... on Error { reason }
  }
}`;

/** Input of a message to one recipient, whose address has the time for the sink. */
export function inputOf(lane: Lane, n: number): SendMessageInput {
  const address = `at${performance.timeOrigin + performance.now()}@example.net`;
  return {
    title: "Bench",
    channel: "EMAIL",
    type: "bench",
    lane,
    priority: 0,
    content: templates,
    to: { list: [{ address, name: `Person ${n}`, variables: { n } }] },
    retry: { mode: "MANUAL", maxAttempts: 3 },
    onUnknown: "HOLD",
    unsubscribable: false,
  };
}

/** Sends a message to one recipient; throws if it is refused. */
export async function send(target: Target, lane: Lane, n: number): Promise<void> {
  const { retry: _retry, ...input } = inputOf(lane, n);
  const { sendMessage: result } = await request<{ sendMessage?: { __typename: string } }>(
    target,
    SEND,
    { input },
  );
  if (result && result.__typename === "SendMessagePayload") return;
  throw new Error(`Cannot send: ${JSON.stringify(result)}`);
}

/**
 * Sends a TRANSACTIONAL message every 50 ms, `count` of them.
 *
 * @returns milliseconds from each mutation to the acceptance of its mail by the sink
 */
export async function sendLone(target: Target, sinkPort: number, count: number): Promise<number[]> {
  const sent: Promise<void>[] = [];
  for (let n = 0; n < count; n++) {
    sent.push(send(target, "TRANSACTIONAL", n));
    await pause(LONE_INTERVAL_MS);
  }
  await Promise.all(sent);
  const latencies: number[] = [];
  while (latencies.length < count) {
    await pause(100);
    latencies.push(...(await readSink(sinkPort)).latencies);
  }
  return latencies;
}

/** A running program, its database, and an ADMIN. */
export interface Bench {
  readonly services: Services;
  readonly caller: Caller;
  readonly target: Program;
}

/**
 * Fills a database, starts the program on it and measures.
 *
 * @param settings environment variables of the program, besides those that it needs
 */
export async function withProgram(
  sinkPort: number,
  fill: (services: Services, caller: Caller) => Promise<unknown>,
  measure: (bench: Bench) => Promise<void>,
  settings: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { db, url, close } = await testDatabase();
  const services: Services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const { secret } = await createApiKey(services, admin, { name: "bench", role: "ADMIN" });
  await fill(services, admin);
  await readSink(sinkPort);
  const program = await startProgram({
    DATABASE_URL: url,
    SMTP_URLS: `smtp://127.0.0.1:${sinkPort}`,
    ADMIN_API_KEY: "operator-key-of-this-bench",
    ...settings,
  });
  await measure({ services, caller: admin, target: { ...program, key: secret } });
  await program.stop();
  await services.bus.close();
  await close();
}

/** Starts a bulk message to `count` recipients. */
export async function startBulk(
  services: Services,
  caller: Caller,
  count: number,
): Promise<void> {
  const audienceId = await fillAudience(services, caller, count);
  await sendMessage(services, caller, { ...inputOf("BULK", 0), to: { audienceId } });
}

/** Waits until the sink has accepted `count` mails since the last reading; returns when, in ms. */
export async function untilAccepted(sinkPort: number, count: number): Promise<number> {
  let lastAt = 0;
  for (let accepted = 0; accepted < count; await pause(50)) {
    const stats = await readSink(sinkPort);
    accepted += stats.accepted;
    lastAt = stats.lastAt ?? lastAt;
  }
  return lastAt;
}

/** Sends at a rate, without waiting for the answers; returns the latencies in ms. */
export async function atRate(
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
  send: (n: number) => Promise<unknown>,
): Promise<number[]> {
  const latencies: number[] = [];
  const answered: Promise<void>[] = [];
  const start = performance.now();
  for (let n = 0; n < seconds * perSecond; n++) {
    const sentAt = performance.now();
    answered.push(send(n).then(() => void latencies.push(performance.now() - sentAt)));
    await pause(Math.max(0, start + (n + 1) * 1_000 / perSecond - performance.now()));
  }
  await Promise.all(answered);
  return latencies;
}

/** Prints p50 and p99 of latencies in milliseconds. */
export function reportLatencies(what: string, latencies: readonly number[]): void {
  const [p50, p99] = [quantile(latencies, 0.5), quantile(latencies, 0.99)];
  report(`${what}, p50 / p99`, `${p50.toFixed(1)} / ${p99.toFixed(1)} ms`);
}

/** Milliseconds since 1970, with fractions. */
export function now(): number {
  return performance.timeOrigin + performance.now();
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
