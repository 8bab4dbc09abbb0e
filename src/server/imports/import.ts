import { getLogger } from "@logtape/logtape";
import { GraphQLError } from "graphql";
import type { Caller } from "../../domain/access/access.ts";
import type { Audience, ImportRow } from "../../domain/audiences/audience.ts";
import { addRecipients } from "../../domain/audiences/add_recipients.ts";
import {
  beginImport,
  failImport,
  finishImport,
  refusedRows,
} from "../../domain/audiences/import.ts";
import { ConflictError, invalid, InvalidInputError } from "../../domain/errors.ts";
import { toTypeId } from "../../domain/id.ts";
import type { Services } from "../../domain/services.ts";
import { errorResponse, toClientError } from "../errors.ts";
import { BrokenOffError, openUpload, UnsupportedError, type Upload } from "./upload.ts";

// A chunk ends at whichever is reached first; rows can be long.
const CHUNK_ROWS = 1_000;
const CHUNK_BYTES = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;
const REPORTED_ROWS = 100;
const logger = getLogger(["waybill", "server"]);

/**
 * Answers `POST /import/recipients?name=…&channel=…`: streams a file into a new audience and never holds it in
 * memory; the socket waits for the database. Addresses are those of the channel: EMAIL unless told.
 *
 * The file is CSV (`text/csv`; its header names a column `address`, `email` or `psid`, perhaps `name`,
 * and variables) or NDJSON (`application/x-ndjson`, `application/jsonl`; objects with `address`, `name`,
 * `variables`), perhaps in `Content-Encoding: gzip`.
 *
 * @returns 201 with `{ audienceId, taken, collapsed, refused, refusedRows: [{ line, reason }] }`, the
 *   first 100 of them; 400 with `errors`, and nothing left behind, when the header cannot be used or
 *   no row could be taken; 400 when the upload breaks off or is damaged, 409 when it was given up for
 *   dead: what had been taken stays as a FAILED audience; 415 for other kinds of files
 */
export async function handleImport(
  services: Services,
  request: Request,
  caller: Caller,
): Promise<Response> {
  try {
    const audience = await importRows(services, caller, openUpload(request));
    const { id, taken, collapsed, refused } = audience;
    return Response.json({
      audienceId: toTypeId("audience", id),
      taken,
      collapsed,
      refused,
      refusedRows: await refusedRows(services, audience, REPORTED_ROWS),
    }, { status: 201 });
  } catch (error) {
    return failure(error);
  }
}

async function importRows(services: Services, caller: Caller, upload: Upload): Promise<Audience> {
  let id: string | null = null;
  let written: Promise<unknown> = Promise.resolve();
  try {
    for await (const rows of chunksOf(upload)) {
      id ??= (await beginImport(services, caller, upload)).id;
      // One chunk is written while the next is read.
      await written;
      written = addRecipients(services, caller, id, rows, upload.progress.bytesRead);
      // A failure is met at the next await; until then nobody would hear it.
      written.catch(() => {});
    }
    await written;
    if (id === null) throw invalid(["rows"], "REQUIRED", "are missing: the file has none");
    return await finishImport(services, caller, id);
  } catch (error) {
    await written.catch(() => {});
    if (id !== null) await failImport(services, caller, id);
    throw error;
  }
}

async function* chunksOf({ bytes, reader }: Upload): AsyncGenerator<ImportRow[]> {
  let chunk: ImportRow[] = [];
  let size = 0;
  for await (const { piece, last } of piecesOf(bytes)) {
    for (const row of await reader.read(piece, last)) {
      if (chunk.push(row) < CHUNK_ROWS) continue;
      yield chunk;
      chunk = [];
      size = 0;
    }
    size += piece.length;
    if (chunk.length === 0 || !last && size < CHUNK_BYTES) continue;
    yield chunk;
    chunk = [];
    size = 0;
  }
}

async function* piecesOf(
  bytes: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ piece: Uint8Array; last: boolean }> {
  for await (const part of bytes) {
    for (let start = 0; start < part.length; start += PIECE_BYTES) {
      yield { piece: part.subarray(start, start + PIECE_BYTES), last: false };
    }
  }
  yield { piece: new Uint8Array(), last: true };
}

function failure(error: unknown): Response {
  if (error instanceof UnsupportedError) return refuse(415, "UNSUPPORTED_MEDIA_TYPE", error);
  if (error instanceof InvalidInputError) return errorResponse(400, toClientError(error));
  if (error instanceof ConflictError) return errorResponse(409, toClientError(error));
  if (!(error instanceof BrokenOffError)) return errorResponse(500, toClientError(error));
  logger.info("An import broke off: {cause}", { cause: error.cause });
  return refuse(400, "BROKEN_OFF", error);
}

function refuse(status: number, code: string, { message }: Error): Response {
  return errorResponse(status, new GraphQLError(message, { extensions: { code } }));
}
