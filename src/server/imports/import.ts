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
import { BodyTimeoutError } from "../body_deadline.ts";
import { errorResponse, failureResponse, toClientError } from "../errors.ts";
import { openUpload, UnsupportedError, type Upload, UploadInterruptedError } from "./upload.ts";

// A chunk ends at the first of these limits, because rows can be long.
const CHUNK_ROWS = 1_000;
const CHUNK_BYTES = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;
const REPORTED_ROWS = 100;
const logger = getLogger(["waybill", "server"]);

/**
 * Handles `POST /import/recipients?name=…&channel=…`: streams a file into a new audience. Reading from the
 * socket waits for the database, so that only a few chunks of the file are in memory. The default channel
 * is EMAIL.
 *
 * The file is CSV (`text/csv`) or NDJSON (`application/x-ndjson`, `application/jsonl`), optionally with
 * `Content-Encoding: gzip`. The header of a CSV file has one column of addresses (`address`, `email` or
 * on Messenger `psid`), optionally `name`, and variables. An NDJSON object has `address`, `name` and
 * `variables`.
 *
 * @returns 201 with `{ audienceId, taken, collapsed, refused, refusedRows: [{ line, reason }] }`, where
 *   `refusedRows` has the first 100; 400 with `errors` if the header is unusable or no row is valid, and no
 *   audience is created; 400 if the upload was interrupted or is corrupt, 409 if the import was ended as
 *   stale, and the audience stays as FAILED; 408 if no bytes arrive for a minute; 415 for unsupported files;
 *   503 with Retry-After while the database is unavailable
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
      // Each chunk is written while the next one is read.
      await written;
      written = addRecipients(services, caller, id, rows, upload.progress.bytesRead);
      // The next await throws the error; until then it must not be an unhandled rejection.
      written.catch(() => {});
    }
    await written;
    if (id === null) throw invalid(["rows"], "REQUIRED", "are missing: the file has no rows");
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
  if (error instanceof BodyTimeoutError) return errorResponse(408, error);
  if (error instanceof ConflictError) return errorResponse(409, toClientError(error));
  if (!(error instanceof UploadInterruptedError)) return failureResponse(error);
  logger.info("Import interrupted: {cause}", { cause: error.cause });
  return refuse(400, "BROKEN_OFF", error);
}

function refuse(status: number, code: string, { message }: Error): Response {
  return errorResponse(status, new GraphQLError(message, { extensions: { code } }));
}
