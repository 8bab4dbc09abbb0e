import { setImmediate } from "node:timers/promises";
import type { RefusedLine, Upload } from "./upload.ts";

// A chunk ends at the first of these limits, because rows can be long.
const CHUNK_ROWS = 1_000;
const CHUNK_BYTES = 1024 * 1024;
const PIECE_BYTES = 64 * 1024;

/** Reads a file as chunks of up to 1,000 rows. Each is read when the one before was processed. */
export async function* chunksOf<Row>(
  { bytes, reader }: Upload<Row>,
): AsyncGenerator<(Row | RefusedLine)[]> {
  let chunk: (Row | RefusedLine)[] = [];
  let size = 0;
  for await (const piece of withEnd(piecesOf(bytes))) {
    const isLast = piece.length === 0;
    for (const row of await reader.read(piece, isLast)) {
      if (chunk.push(row) < CHUNK_ROWS) continue;
      yield chunk;
      chunk = [];
      size = 0;
    }
    size += piece.length;
    if (chunk.length === 0 || !isLast && size < CHUNK_BYTES) continue;
    yield chunk;
    chunk = [];
    size = 0;
  }
}

async function* withEnd(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  yield* pieces;
  yield new Uint8Array();
}

/** Cuts a file into pieces of at most 64 KiB, which are not empty. Other work is done between them. */
export async function* piecesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  for await (const part of bytes) {
    for (let start = 0; start < part.length; start += PIECE_BYTES) {
      yield part.subarray(start, start + PIECE_BYTES);
      // Blank lines that were compressed wait neither for the network nor for the database, and would block
      // the event loop until the end of the file.
      await setImmediate();
    }
  }
}
