import type { ImportRow } from "../../domain/audiences/audience.ts";
import { checkAudienceName } from "../../domain/audiences/import.ts";
import { DEFAULT_CHANNEL, MESSAGE_CHANNELS, type MessageChannel } from "../../domain/channel.ts";
import { CHANNEL_RULES } from "../../domain/channel_rules/channel_rules.ts";
import { invalid } from "../../domain/errors.ts";
import { CsvReader } from "./csv.ts";
import { NdjsonReader } from "./ndjson.ts";

/** Reads rows out of a file, piece by piece. */
export interface RowReader {
  /** Takes the next bytes, in UTF-8; answers the rows that are complete. */
  read(bytes: Uint8Array, last?: boolean): Promise<ImportRow[]>;
}

/** A file on its way in. */
export interface Upload {
  readonly name: string;
  /** What the addresses are addresses of. */
  readonly channel: MessageChannel;
  readonly reader: RowReader;
  /** Decompressed, in UTF-8. */
  readonly bytes: AsyncIterable<Uint8Array>;
  /** As sent; null when the client did not say. */
  readonly bytesTotal: number | null;
  /** As sent, so far. */
  readonly progress: { bytesRead: number };
}

/** The file is of a kind that cannot be read. */
export class UnsupportedError extends Error {}

/** The client or its connection went away before the end. */
export class BrokenOffError extends Error {}

type Bytes = Uint8Array<ArrayBuffer>;

const DEFAULT_NAME = "Imported recipients";

/**
 * Looks at the head of a request; its body is read as `bytes` is.
 *
 * @throws {UnsupportedError} for content types, character sets and encodings that cannot be read
 * @throws {InvalidInputError} for a name that an audience cannot have, and an unknown channel
 */
export function openUpload({ url, headers, body }: Request): Upload {
  const { searchParams } = new URL(url);
  const name = searchParams.get("name") ?? DEFAULT_NAME;
  checkAudienceName(name);
  const channel = toChannel(searchParams.get("channel") ?? DEFAULT_CHANNEL);
  const contentType = (headers.get("content-type") ?? "").toLowerCase();
  const reader = readerFor(contentType.split(";", 1)[0]?.trim() ?? "", channel);
  const charset = /;\s*charset="?([^";\s]+)/.exec(contentType)?.[1] ?? "utf-8";
  const encoding = headers.get("content-encoding")?.toLowerCase() ?? "identity";
  const length = headers.get("content-length");
  const progress = { bytesRead: 0 };
  const sent = ReadableStream.from(received(body, progress));
  return {
    name,
    channel,
    reader,
    bytes: inUtf8(decompressed(sent, encoding), charset),
    bytesTotal: length === null ? null : Number(length),
    progress,
  };
}

function toChannel(text: string): MessageChannel {
  const channel = MESSAGE_CHANNELS.find((name) => name === text);
  if (channel) return channel;
  const message = `must be ${MESSAGE_CHANNELS.join(" or ")}, not ${JSON.stringify(text)}`;
  throw invalid(["channel"], "MALFORMED", message);
}

function readerFor(type: string, channel: MessageChannel): RowReader {
  if (type === "text/csv") return new CsvReader(CHANNEL_RULES[channel].addressColumns);
  if (type === "application/x-ndjson" || type === "application/jsonl") return new NdjsonReader();
  throw new UnsupportedError(
    `Cannot import ${type || "a file of unknown kind"}: ` +
      "send CSV as text/csv, or NDJSON as application/x-ndjson or application/jsonl",
  );
}

async function* received(
  body: ReadableStream<Bytes> | null,
  progress: Upload["progress"],
): AsyncGenerator<Bytes> {
  try {
    for await (const part of body ?? []) {
      progress.bytesRead += part.length;
      yield part;
    }
  } catch (cause) {
    throw new BrokenOffError("The upload broke off before its end", { cause });
  }
}

function decompressed(bytes: ReadableStream<Bytes>, encoding: string): ReadableStream<Bytes> {
  if (encoding === "identity") return bytes;
  if (encoding !== "gzip") {
    throw new UnsupportedError(`Cannot import Content-Encoding ${encoding}: send gzip or none`);
  }
  return ReadableStream.from(unzipped(bytes));
}

async function* unzipped(bytes: ReadableStream<Bytes>): AsyncGenerator<Bytes> {
  try {
    yield* bytes.pipeThrough(new DecompressionStream("gzip"));
  } catch (error) {
    if (error instanceof BrokenOffError) throw error;
    throw invalid(["body"], "MALFORMED", "is not gzip, or is damaged");
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
