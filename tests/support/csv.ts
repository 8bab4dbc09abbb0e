import type { ImportRow } from "../../src/domain/audiences/audience.ts";
import type { MessageChannel } from "../../src/domain/channel.ts";
import { CHANNEL_RULES } from "../../src/domain/channel_rules/channel_rules.ts";
import { InvalidInputError } from "../../src/domain/errors.ts";
import { CsvReader } from "../../src/server/imports/csv.ts";
import { readMapping } from "../../src/server/imports/mapping.ts";
import { recipientTable } from "../../src/server/imports/recipient_table.ts";
import { toLines } from "../../src/server/imports/text.ts";

/** Options of `readCsv`. */
export interface CsvOptions {
  /** Value of the parameter `columns`. */
  readonly columns?: string;
  readonly channel?: MessageChannel;
  /** The network may split a file at any byte. */
  readonly pieceSize?: number;
}

/** Reads a CSV file of recipients as an import does. */
export async function readCsv(
  file: string | Uint8Array,
  { columns, channel = "EMAIL", pieceSize = 4096 }: CsvOptions = {},
): Promise<ImportRow[]> {
  const bytes = typeof file === "string" ? new TextEncoder().encode(file) : file;
  const mapping = readMapping(new URLSearchParams(columns === undefined ? {} : { columns }));
  const reader = new CsvReader(recipientTable(CHANNEL_RULES[channel], mapping));
  const rows: ImportRow[] = [];
  for await (const lines of toLines(piecesOf(bytes, pieceSize))) {
    rows.push(...await reader.read(lines));
  }
  return [...rows, ...await reader.read(new Uint8Array(), true)];
}

/** Returns the message of the error by which `readCsv` refuses a file. */
export async function refusalOf(
  file: string | Uint8Array,
  options?: CsvOptions,
): Promise<string> {
  try {
    const rows = await readCsv(file, options);
    throw new Error(`The file was accepted: ${JSON.stringify(rows)}`);
  } catch (error) {
    if (error instanceof InvalidInputError) return error.message;
    throw error;
  }
}

async function* piecesOf(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += size) {
    yield await Promise.resolve(bytes.subarray(start, start + size));
  }
}
