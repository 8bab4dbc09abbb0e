import { setImmediate } from "node:timers/promises";
import type { Caller } from "../../domain/access/access.ts";
import { issuesOfAddress } from "../../domain/mailbox.ts";
import { type ImportedMail, importEmails as storeMails } from "../../domain/emails/import.ts";
import { ownAddressesWith } from "../../domain/emails/import.ts";
import { parseMail } from "../../domain/emails/parse.ts";
import { invalid, InvalidInputError } from "../../domain/errors.ts";
import type { Services } from "../../domain/services.ts";
import { piecesOf } from "./chunks.ts";
import { countChunks } from "./counted_rows.ts";
import { failure } from "./failure.ts";
import { type MboxMail, splitMbox } from "./mbox.ts";
import { checkParameters } from "./parameters.ts";
import { openFile, UnsupportedError } from "./upload.ts";

const PARAMETERS = ["own"];
const TYPES = ["application/mbox", "application/octet-stream"];
const MAX_MAIL_BYTES = 30 * 1024 * 1024;
// A batch ends at the first of these limits.
const BATCH_MAILS = 50;
const BATCH_LENGTH = 64 * 1024;

/** Mail of a file that could not be read. */
interface RefusedMail {
  /** Position of the mail in the file, in bytes. */
  readonly offset: number;
  readonly reason: string;
}

interface Batch {
  readonly mails: ImportedMail[];
  readonly refused: RefusedMail[];
  /** Characters of the mails. */
  length: number;
}

/**
 * Handles `POST /import/emails`: streams an mbox (RFC 4155; `application/mbox` or `application/octet-stream`,
 * optionally with `Content-Encoding: gzip`) into the mails to learn from, outside the inbox. A mail that is already
 * stored, by its Message-ID or, without one, its content, changes nothing, unless its sender is one of the own
 * addresses now. Attachments are counted, not stored.
 *
 * Parameter: `own=a@example.com,b@example.com`, addresses from which the organization answered, besides those of its
 * settings; mails from them are OUTBOUND.
 *
 * @returns 200 with `{ added, known, sent, refused, refusedMails: [{ offset, reason }] }`, where `sent` is the number of
 *   mails from the own addresses, and `refusedMails` has the first 100 mails that cannot be read or are larger than
 *   30 MiB; 400 with `errors` if no mail can be read, or the upload was interrupted: mails that were stored until then
 *   stay, and sending the file again adds the rest; 408, 413, 415 and 503 as `importRecipients`
 */
export async function importEmails(
  services: Services,
  request: Request,
  caller: Caller,
): Promise<Response> {
  try {
    const { searchParams } = new URL(request.url);
    checkParameters(searchParams, PARAMETERS);
    const own = await ownAddressesWith(services, caller, ownAddressesIn(searchParams));
    const bytes = openMbox(request);
    let sent = 0;
    const { added, known, refused, reported } = await countChunks(
      batchesOf(bytes),
      async ({ mails, refused }) => {
        const stored = await storeMails(services, caller, own, mails);
        sent += stored.sent;
        return { added: stored.added, known: mails.length - stored.added, refused };
      },
    );
    if (added + known === 0) throw nothingRead(reported);
    return Response.json({ added, known, sent, refused, refusedMails: reported });
  } catch (error) {
    return failure(error);
  }
}

function ownAddressesIn(parameters: URLSearchParams): string[] {
  const addresses = (parameters.get("own") ?? "").split(",").filter((text) => text.trim() !== "");
  const issues = addresses.flatMap((address) => issuesOfAddress(address, ["own"]));
  if (issues.length > 0) throw new InvalidInputError(issues);
  return addresses;
}

function openMbox(request: Request): AsyncIterable<Uint8Array> {
  const type = (request.headers.get("content-type") ?? "").toLowerCase().split(";", 1)[0]?.trim();
  if (type && TYPES.includes(type)) return openFile(request).bytes;
  throw new UnsupportedError(
    `Cannot import ${type || "a file without content type"}: send an mbox as application/mbox`,
  );
}

async function* batchesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Batch> {
  let batch: Batch = { mails: [], refused: [], length: 0 };
  for await (const part of splitMbox(piecesOf(bytes), MAX_MAIL_BYTES)) {
    await addTo(batch, part);
    // Yields between mails, because parsing a whole batch would block the event loop.
    await setImmediate();
    if (batch.mails.length < BATCH_MAILS && batch.length < BATCH_LENGTH) continue;
    yield batch;
    batch = { mails: [], refused: [], length: 0 };
  }
  yield batch;
}

async function addTo(batch: Batch, { offset, date, isMarked, raw }: MboxMail): Promise<void> {
  const refuse = (reason: string) => batch.refused.push({ offset, reason });
  if (!isMarked) return void refuse('does not begin with a line "From <sender> <time>"');
  if (!raw) return void refuse(`is larger than ${MAX_MAIL_BYTES.toLocaleString("en")} bytes`);
  try {
    const mail = await parseMail(raw);
    batch.mails.push({ mail, storedAt: date });
    batch.length += mail.text.length + (mail.html?.length ?? 0);
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    refuse(error.issues.map(({ message }) => message).join("; "));
  }
}

function nothingRead(refused: readonly RefusedMail[]): InvalidInputError {
  if (refused.length === 0) return invalid(["mails"], "REQUIRED", "are missing: the file is empty");
  return new InvalidInputError(refused.map(({ offset, reason }) => ({
    path: ["mails", String(offset)],
    code: "REFUSED",
    message: reason,
  })));
}
