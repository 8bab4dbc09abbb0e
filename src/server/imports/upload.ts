import { invalid } from "../../domain/errors.ts";
import { BodyTimeoutError, receiveInTime } from "../body_deadline.ts";
import { toLines } from "./text.ts";

type Bytes = Uint8Array<ArrayBuffer>;

/** Row of a file that could not be read. */
export interface RefusedLine {
  /** First line of the row in the file, from 1. */
  readonly line: number;
  readonly reason: string;
}

/** Reads the rows of a file incrementally. */
export interface RowReader<Row> {
  /** Reads the next bytes, and returns the rows that are complete. */
  read(bytes: Uint8Array, last?: boolean): Promise<(Row | RefusedLine)[]>;
}

/** Readers of the supported types of files. */
export interface RowReaders<Row> {
  csv(): RowReader<Row>;
  ndjson(): RowReader<Row>;
}

/** File of an import request. */
export interface UploadedFile {
  /** Content, decompressed. */
  readonly bytes: ReadableStream<Bytes>;
  /** Size in bytes before decompression; null if the client did not send it. */
  readonly bytesTotal: number | null;
  /** Number of bytes read so far, before decompression. */
  readonly progress: { bytesRead: number };
}

/** File of rows. */
export interface Upload<Row> extends Omit<UploadedFile, "bytes"> {
  readonly reader: RowReader<Row>;
  /** Content, decompressed, in UTF-8 and with LF as the only line end. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/** The content type, character set or encoding of the file is not supported. */
export class UnsupportedError extends Error {}

/** The decompressed file is too large. */
export class TooLargeError extends Error {}

/** The connection to the client was lost before the end of the file. */
export class UploadInterruptedError extends Error {}

// Browsers on Windows name CSV files by the program that opens them.
const CSV_TYPES = [
  "text/csv",
  "application/csv",
  "text/plain",
  "text/tab-separated-values",
  "application/vnd.ms-excel",
];

// 40 million recipients of 100 bytes. A compressed file of 4 MB could otherwise occupy the server for hours.
const MAX_FILE_BYTES = 4 * 2 ** 30;
// gzip expands by up to 1,032 times, and each part is decompressed at once.
const COMPRESSED_PART_BYTES = 4 * 1024;

/**
 * Reads the headers of an import request. The body is read while `bytes` is consumed.
 *
 * @param maxBytes maximum size of the decompressed file; `bytes` throws {TooLargeError} beyond it
 * @throws {UnsupportedError} for unsupported encodings
 */
export function openFile({ headers, body }: Request, maxBytes = MAX_FILE_BYTES): UploadedFile {
  const encoding = headers.get("content-encoding")?.toLowerCase() ?? "identity";
  const length = headers.get("content-length");
  const progress = { bytesRead: 0 };
  const sent = ReadableStream.from(received(body, progress));
  return {
    bytes: decompressed(sent, encoding, maxBytes),
    bytesTotal: length === null ? null : Number(length),
    progress,
  };
}

/**
 * Reads the headers of a request that imports rows, as `openFile`.
 *
 * @throws {UnsupportedError} for unsupported content types and character sets, too
 */
export function openUpload<Row>(
  request: Request,
  readers: RowReaders<Row>,
  maxBytes?: number,
): Upload<Row> {
  const contentType = (request.headers.get("content-type") ?? "").toLowerCase();
  const reader = readerFor(contentType.split(";", 1)[0]?.trim() ?? "", readers);
  const charset = /;\s*charset="?([^";\s]+)/.exec(contentType)?.[1] ?? "utf-8";
  const file = openFile(request, maxBytes);
  return { ...file, reader, bytes: toLines(inUtf8(file.bytes, charset)) };
}

function readerFor<Row>(type: string, readers: RowReaders<Row>): RowReader<Row> {
  if (CSV_TYPES.includes(type)) return readers.csv();
  if (type === "application/x-ndjson" || type === "application/jsonl") return readers.ndjson();
  throw new UnsupportedError(
    `Cannot import ${type || "a file without content type"}: ` +
      "send CSV as text/csv, or NDJSON as application/x-ndjson or application/jsonl",
  );
}

async function* received(
  body: ReadableStream<Bytes> | null,
  progress: { bytesRead: number },
): AsyncGenerator<Bytes> {
  const reader = body?.getReader();
  try {
    while (reader) {
      const { done, value } = await receiveInTime(reader.read());
      if (done) return;
      progress.bytesRead += value.length;
      yield value;
    }
  } catch (cause) {
    if (cause instanceof BodyTimeoutError) throw cause;
    throw new UploadInterruptedError(
      "Cannot finish the import: the upload was interrupted; send the file again",
      { cause },
    );
  } finally {
    // The rest is not read. It cannot be cancelled if the connection is lost.
    reader?.cancel().catch(() => {});
  }
}

function decompressed(
  bytes: ReadableStream<Bytes>,
  encoding: string,
  maxBytes: number,
): ReadableStream<Bytes> {
  if (encoding === "identity") return bytes;
  if (encoding !== "gzip") {
    throw new UnsupportedError(
      `Cannot import Content-Encoding ${encoding}: send gzip, or no encoding`,
    );
  }
  return ReadableStream.from(limited(unzipped(ReadableStream.from(smallParts(bytes))), maxBytes));
}

async function* limited(bytes: AsyncIterable<Bytes>, maxBytes: number): AsyncGenerator<Bytes> {
  let size = 0;
  for await (const part of bytes) {
    size += part.length;
    if (size > maxBytes) {
      throw new TooLargeError(
        `Cannot import the file: it has more than ${maxBytes.toLocaleString("en")} bytes; split it`,
      );
    }
    yield part;
  }
}

async function* smallParts(bytes: ReadableStream<Bytes>): AsyncGenerator<Bytes> {
  for await (const part of bytes) {
    for (let start = 0; start < part.length; start += COMPRESSED_PART_BYTES) {
      yield part.subarray(start, start + COMPRESSED_PART_BYTES);
    }
  }
}

async function* unzipped(bytes: ReadableStream<Bytes>): AsyncGenerator<Bytes> {
  try {
    yield* bytes.pipeThrough(new DecompressionStream("gzip"));
  } catch (error) {
    if (error instanceof UploadInterruptedError || error instanceof BodyTimeoutError) throw error;
    throw invalid(["body"], "MALFORMED", "is not gzip, or is corrupt");
  }
}

function inUtf8(bytes: ReadableStream<Bytes>, charset: string): ReadableStream<Bytes> {
  if (charset === "utf-8" || charset === "us-ascii") return bytes;
  try {
    return bytes.pipeThrough(new TextDecoderStream(charset)).pipeThrough(new TextEncoderStream());
  } catch {
    throw new UnsupportedError(`Cannot import text in the character set ${charset}: send UTF-8`);
  }
}
