import type { Caller } from "../../domain/access/access.ts";
import { CHANNEL_RULES } from "../../domain/channel_rules/channel_rules.ts";
import { invalid, InvalidInputError } from "../../domain/errors.ts";
import type { Services } from "../../domain/services.ts";
import {
  checkMayImport,
  importSuppressions as importChunk,
  type SuppressionRow,
} from "../../domain/suppressions/import.ts";
import { chunksOf } from "./chunks.ts";
import { CsvReader } from "./csv.ts";
import { failure } from "./failure.ts";
import { suppressionOf } from "./json_rows.ts";
import { readMapping } from "./mapping.ts";
import { NdjsonReader } from "./ndjson.ts";
import { channelOf, checkParameters, reasonOf } from "./parameters.ts";
import { suppressionTable } from "./suppression_table.ts";
import { openUpload, type RefusedLine, type Upload } from "./upload.ts";

const REPORTED_ROWS = 100;
const PARAMETERS = ["channel", "reason", "columns"];

/** Counts of an import. */
interface Counts {
  added: number;
  alreadyListed: number;
  refused: number;
  /** The first 100. */
  readonly refusedRows: RefusedLine[];
}

/**
 * Handles `POST /import/suppressions`: streams a file of addresses onto the suppression list; for ADMINs.
 *
 * Parameters: `channel` (EMAIL); `reason` of all rows, otherwise each row names its own; `columns` as in
 * `importRecipients`. The file is CSV with a column of addresses and a column `reason`, or NDJSON of objects
 * with `address` or `email`, and `reason`.
 *
 * @returns 200 with `{ added, alreadyListed, refused, refusedRows: [{ line, reason }] }`, where `refusedRows`
 *   has the first 100; 400 with `errors` if the header is unusable, no row is valid, or the upload was
 *   interrupted: what was added until then stays, and sending the file again adds the rest; 403 for a MEMBER;
 *   408, 415 and 503 as `importRecipients`
 */
export async function importSuppressions(
  services: Services,
  request: Request,
  caller: Caller,
): Promise<Response> {
  try {
    checkMayImport(caller);
    const { searchParams } = new URL(request.url);
    checkParameters(searchParams, PARAMETERS);
    const settings = { channel: channelOf(searchParams), reason: reasonOf(searchParams) };
    const rules = CHANNEL_RULES[settings.channel];
    const mapping = readMapping(searchParams);
    const upload = openUpload(request, {
      csv: () => new CsvReader(suppressionTable(rules, mapping, settings.reason === null)),
      ndjson: () => new NdjsonReader(suppressionOf),
    });
    const counts = await importRows(
      upload,
      (rows) => importChunk(services, caller, settings, rows),
    );
    return Response.json(counts);
  } catch (error) {
    return failure(error);
  }
}

async function importRows(
  upload: Upload<SuppressionRow>,
  importChunk: (rows: SuppressionRow[]) => Promise<{
    readonly added: number;
    readonly alreadyListed: number;
    readonly refused: readonly RefusedLine[];
  }>,
): Promise<Counts> {
  const counts: Counts = { added: 0, alreadyListed: 0, refused: 0, refusedRows: [] };
  for await (const rows of chunksOf(upload)) {
    const { added, alreadyListed, refused } = await importChunk(rows);
    counts.added += added;
    counts.alreadyListed += alreadyListed;
    counts.refused += refused.length;
    counts.refusedRows.push(...refused.slice(0, REPORTED_ROWS - counts.refusedRows.length));
  }
  if (counts.added + counts.alreadyListed > 0) return counts;
  if (counts.refused === 0) {
    throw invalid(["rows"], "REQUIRED", "are missing: the file has no rows");
  }
  throw new InvalidInputError(counts.refusedRows.map(({ line, reason }) => ({
    path: ["rows", String(line)],
    code: "REFUSED",
    message: reason,
  })));
}
