import { invalid, InvalidInputError } from "../../domain/errors.ts";
import { chunksOf } from "./chunks.ts";
import type { RefusedLine, Upload } from "./upload.ts";

const REPORTED_ROWS = 100;

/** Result of writing one chunk of rows. */
export interface WrittenRows {
  /** Number of rows that added something. */
  readonly added: number;
  /** Number of other valid rows. */
  readonly known: number;
  readonly refused: readonly RefusedLine[];
}

/** Counts of an import. */
export interface RowCounts {
  added: number;
  known: number;
  refused: number;
  /** The first 100. */
  readonly refusedRows: RefusedLine[];
}

/**
 * Imports a file chunk by chunk. Each chunk is written while the next one is read, so that only a few chunks of the
 * file are in memory.
 *
 * @throws {InvalidInputError} if no row is valid; it names up to 100 rows by their lines
 */
export async function importRows<Row>(
  upload: Upload<Row>,
  write: (rows: (Row | RefusedLine)[]) => Promise<WrittenRows>,
): Promise<RowCounts> {
  const counts: RowCounts = { added: 0, known: 0, refused: 0, refusedRows: [] };
  let written: Promise<void> = Promise.resolve();
  try {
    for await (const rows of chunksOf(upload)) {
      await written;
      written = write(rows).then((result) => addTo(counts, result));
      // The next await throws the error; until then it must not be an unhandled rejection.
      written.catch(() => {});
    }
  } finally {
    await written;
  }
  if (counts.added + counts.known > 0) return counts;
  if (counts.refused === 0) {
    throw invalid(["rows"], "REQUIRED", "are missing: the file has no rows");
  }
  throw new InvalidInputError(counts.refusedRows.map(({ line, reason }) => ({
    path: ["rows", String(line)],
    code: "REFUSED",
    message: reason,
  })));
}

function addTo(counts: RowCounts, { added, known, refused }: WrittenRows): void {
  counts.added += added;
  counts.known += known;
  counts.refused += refused.length;
  counts.refusedRows.push(...refused.slice(0, REPORTED_ROWS - counts.refusedRows.length));
}
