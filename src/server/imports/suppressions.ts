import type { Caller } from "../../domain/access/access.ts";
import { CHANNEL_RULES } from "../../domain/channel_rules/channel_rules.ts";
import type { Services } from "../../domain/services.ts";
import {
  checkMayImport,
  importSuppressions as importChunk,
} from "../../domain/suppressions/import.ts";
import { importRows } from "./counted_rows.ts";
import { CsvReader } from "./csv.ts";
import { failure } from "./failure.ts";
import { suppressionOf } from "./json_rows.ts";
import { readMapping } from "./mapping.ts";
import { NdjsonReader } from "./ndjson.ts";
import { channelOf, checkParameters, reasonOf } from "./parameters.ts";
import { suppressionTable } from "./suppression_table.ts";
import { openUpload } from "./upload.ts";

const PARAMETERS = ["channel", "reason", "columns"];

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
    const { added, known: alreadyListed, refused, reported } = await importRows(
      upload,
      async (rows) => {
        const written = await importChunk(services, caller, settings, rows);
        return { ...written, known: written.alreadyListed };
      },
    );
    return Response.json({ added, alreadyListed, refused, refusedRows: reported });
  } catch (error) {
    return failure(error);
  }
}
