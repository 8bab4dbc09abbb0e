import { Buffer } from "node:buffer";
import { finished } from "node:stream/promises";
import { Busboy, type BusboyInstance } from "@fastify/busboy";
import { receiveBody } from "../body.ts";
import type { HoldBytes } from "./body_memory.ts";
import { WebhookError } from "./webhook.ts";

/** Fields of a form, as it was received. */
export interface MailForm {
  /** Values by name; of a repeated field the first. */
  readonly fields: ReadonlyMap<string, Buffer>;
  readonly fileCount: number;
}

const LIMITS = { fields: 1_000, headerPairs: 100 };
const FORM = /^(?:multipart\/form-data|application\/x-www-form-urlencoded)\b/i;

/**
 * Reads a form (multipart/form-data or URL-encoded). Files are counted and discarded as they arrive.
 *
 * @param limit of the body, in bytes
 * @param hold called with the size of each part, in bytes
 * @throws {WebhookError} 400 for another content type, and for a malformed body
 * @throws {BodyTooLargeError} @throws {BodyTimeoutError}
 */
export async function readMailForm(
  request: Request,
  limit: number,
  hold: HoldBytes,
): Promise<MailForm> {
  const contentType = request.headers.get("content-type") ?? "";
  if (!FORM.test(contentType)) {
    throw new WebhookError(400, "Cannot read the body: it is not a form");
  }
  const parser = openParser(contentType, limit);
  const fields = new Map<string, Buffer>();
  let fileCount = 0;
  parser.on("field", (name, value) => {
    // Octets, because a mail in MIME format may have any character set.
    if (!fields.has(name)) fields.set(name, Buffer.from(value, "latin1"));
  });
  parser.on("file", (_name, file) => {
    fileCount++;
    file.on("error", () => {}).resume();
  });
  const parsed = finished(parser).catch((cause) => malformed(cause));
  // Observed below; a fault of the body must not be unhandled until then.
  parsed.catch(() => {});
  try {
    for await (const part of receiveBody(request, limit)) {
      hold(part.length);
      if (!parser.write(part)) await Promise.race([drained(parser), parsed]);
    }
  } catch (error) {
    parser.destroy();
    throw error;
  }
  parser.end();
  await parsed;
  return { fields, fileCount };
}

function openParser(contentType: string, limit: number): BusboyInstance {
  try {
    return new Busboy({
      headers: { "content-type": contentType },
      defCharset: "latin1",
      limits: { ...LIMITS, fieldSize: limit },
    });
  } catch (cause) {
    return malformed(cause);
  }
}

function drained(parser: BusboyInstance): Promise<void> {
  return new Promise((resolve) => void parser.once("drain", resolve));
}

function malformed(cause: unknown): never {
  throw new WebhookError(400, "Cannot read the body: it is not a complete form", { cause });
}
