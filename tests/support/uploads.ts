import type { Database } from "../../src/db/database.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { importRecipients } from "../../src/server/imports/recipients.ts";
import { createOrganization, type TestOrganization } from "./callers.ts";

/** Answer to an import of recipients. */
export interface Answer {
  readonly audienceId: string;
  readonly taken: number;
  readonly collapsed: number;
  readonly refused: number;
  readonly refusedRows: { line: number; reason: string }[];
  readonly errors: {
    readonly message: string;
    readonly extensions: { code: string; issues?: { path: string[] }[] };
  }[];
}

type Body = string | ReadableStream<Uint8Array<ArrayBuffer>>;

/** Encodes text as UTF-8. */
export const encoder = new TextEncoder();

/** An organization whose member imports recipients. */
export interface TestImports {
  readonly services: Services;
  readonly organization: TestOrganization;
  /** Posts a file; `query` defaults to a name, `caller` to the member. */
  send(
    body: Body,
    headers: Record<string, string>,
    query?: string,
    caller?: Caller,
  ): Promise<{ status: number; answer: Answer }>;
  /** Posts a CSV file. */
  csv(body: Body): Promise<{ status: number; answer: Answer }>;
}

export async function openImports(db: Database): Promise<TestImports> {
  const services = { db, bus: createBus() };
  const organization = await createOrganization(db);
  const send: TestImports["send"] = async (
    body,
    headers,
    query = "?name=July",
    caller = organization.member,
  ) => {
    const url = `http://localhost/import/recipients${query}`;
    const request = new Request(url, { method: "POST", headers, body });
    const response = await importRecipients(services, request, caller);
    return { status: response.status, answer: await response.json() as Answer };
  };
  return { services, organization, send, csv: (body) => send(body, CSV) };
}

/** Headers of a CSV file. */
export const CSV = { "content-type": "text/csv" };
/** Headers of an NDJSON file. */
export const NDJSON = { "content-type": "application/x-ndjson" };

/** Streams the parts, each when the one before was read; then ends or fails. */
export function streamOf(
  parts: Iterable<string>,
  interrupted = false,
): ReadableStream<Uint8Array<ArrayBuffer>> {
  return ReadableStream.from(async function* () {
    for (const part of parts) yield await Promise.resolve(encoder.encode(part));
    if (interrupted) throw new Error("connection reset");
  }());
}

/** Rows of user<n>@example.com for the header email,name,code. */
export function* rowsOf(from: number, to: number): Generator<string> {
  for (let i = from; i < to; i++) yield `user${i}@example.com,User ${i},${i}\n`;
}
