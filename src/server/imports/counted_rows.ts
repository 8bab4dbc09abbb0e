import { invalid, InvalidInputError } from "../../domain/errors.ts";
import { chunksOf } from "./chunks.ts";
import type { RefusedLine, Upload } from "./upload.ts";

const REPORTED = 100;

/** Result of writing one chunk of rows. */
export interface Written<Refused> {
  /** Number of rows that added something. */
  readonly added: number;
  /** Number of other valid rows. */
  readonly known: number;
  readonly refused: readonly Refused[];
}

/** Counts of an import. */
export interface Counts<Refused> {
  added: number;
  known: number;
  refused: number;
  /** The first 100 refused rows. */
  readonly reported: Refused[];
}

/**
 * Imports a file chunk by chunk. Each chunk is written while the next one is read, so that only a few chunks of the
 * file are in memory.
 */
export async function countChunks<Chunk, Refused>(
  chunks: AsyncIterable<Chunk>,
  write: (chunk: Chunk) => Promise<Written<Refused>>,
): Promise<Counts<Refused>> {
  const counts: Counts<Refused> = { added: 0, known: 0, refused: 0, reported: [] };
  let written: Promise<void> = Promise.resolve();
  try {
    for await (const chunk of chunks) {
      await written;
      written = write(chunk).then((result) => addTo(counts, result));
      // The next await throws the error; until then it must not be an unhandled rejection.
      written.catch(() => {});
    }
  } finally {
    await written;
  }
  return counts;
}

/**
 * Imports the rows of a file.
 *
 * @throws {InvalidInputError} if no row is valid; it names up to 100 rows by their lines
 */
export async function importRows<Row>(
  upload: Upload<Row>,
  write: (rows: (Row | RefusedLine)[]) => Promise<Written<RefusedLine>>,
): Promise<Counts<RefusedLine>> {
  const counts = await countChunks(chunksOf(upload), write);
  if (counts.added + counts.known > 0) return counts;
  if (counts.refused === 0) {
    throw invalid(["rows"], "REQUIRED", "are missing: the file has no rows");
  }
  throw new InvalidInputError(counts.reported.map(({ line, reason }) => ({
    path: ["rows", String(line)],
    code: "REFUSED",
    message: reason,
  })));
}

function addTo<Refused>(
  counts: Counts<Refused>,
  { added, known, refused }: Written<Refused>,
): void {
  counts.added += added;
  counts.known += known;
  counts.refused += refused.length;
  counts.reported.push(...refused.slice(0, REPORTED - counts.reported.length));
}
