import type { Caller } from "../../domain/access/access.ts";
import type { Audience, ImportRow } from "../../domain/audiences/audience.ts";
import { addRecipients } from "../../domain/audiences/add_recipients.ts";
import { beginAppend } from "../../domain/audiences/append.ts";
import { getAudience } from "../../domain/audiences/find.ts";
import {
  beginImport,
  failImport,
  finishImport,
  refusedRows,
} from "../../domain/audiences/import.ts";
import { checkAudienceName } from "../../domain/audiences/name.ts";
import type { MessageChannel } from "../../domain/channel.ts";
import { CHANNEL_RULES } from "../../domain/channel_rules/channel_rules.ts";
import { invalid } from "../../domain/errors.ts";
import { fromTypeId, toTypeId } from "../../domain/id.ts";
import type { Services } from "../../domain/services.ts";
import { chunksOf } from "./chunks.ts";
import { CsvReader } from "./csv.ts";
import { failure } from "./failure.ts";
import { recipientOf } from "./json_rows.ts";
import { readMapping } from "./mapping.ts";
import { NdjsonReader } from "./ndjson.ts";
import { channelOf, checkParameters, keepsPartial } from "./parameters.ts";
import { recipientTable } from "./recipient_table.ts";
import { openUpload, type Upload } from "./upload.ts";

const REPORTED_ROWS = 100;
const DEFAULT_NAME = "Imported recipients";
const PARAMETERS = ["name", "channel", "keep", "audienceId", "columns"];

/** Audience that a file is imported into. */
interface Target {
  /** Null: a new one. */
  readonly audienceId: string | null;
  readonly name: string;
  readonly channel: MessageChannel;
  readonly keepPartial: boolean;
}

/**
 * Handles `POST /import/recipients`: streams a file into a new audience, or into an existing one. Reading from
 * the socket waits for the database, so that only a few chunks of the file are in memory.
 *
 * Parameters: `name` and `channel` (EMAIL) of a new audience; or `audienceId` of an existing one;
 * `keep=partial` to keep what a failed import has added; `columns=address:Mail,name:Kunde` to name columns of
 * a CSV file.
 *
 * The file is CSV (`text/csv`) or NDJSON (`application/x-ndjson`, `application/jsonl`), optionally with
 * `Content-Encoding: gzip`. The header of a CSV file has one column of addresses (`email`, `address` or
 * on Messenger `psid`), optionally `name`, and variables. An NDJSON object has `address` or `email`, `name`
 * and `variables`.
 *
 * @returns 201, or 200 for an existing audience, with
 *   `{ audienceId, taken, collapsed, refused, refusedRows: [{ line, reason }] }`, where `refusedRows` has the
 *   first 100; 400 with `errors` if the header is unusable or no row is valid, or if the upload was
 *   interrupted or is corrupt: nothing is kept then; 409 if another import into the audience is in progress,
 *   or this one was ended as stale; 404 for an unknown audience; 408 if no bytes arrive for a minute; 415 for
 *   unsupported files; 503 with Retry-After while the database is unavailable
 */
export async function importRecipients(
  services: Services,
  request: Request,
  caller: Caller,
): Promise<Response> {
  try {
    const { searchParams } = new URL(request.url);
    const target = await targetOf(services, caller, searchParams);
    const mapping = readMapping(searchParams);
    const upload = openUpload(request, {
      csv: () => new CsvReader(recipientTable(CHANNEL_RULES[target.channel], mapping)),
      ndjson: () => new NdjsonReader(recipientOf),
    });
    const audience = await importRows(services, caller, target, upload);
    const { id, taken, collapsed, refused } = audience;
    return Response.json({
      audienceId: toTypeId("audience", id),
      taken,
      collapsed,
      refused,
      refusedRows: await refusedRows(services, audience, REPORTED_ROWS),
    }, { status: target.audienceId === null ? 201 : 200 });
  } catch (error) {
    return failure(error);
  }
}

async function targetOf(
  services: Services,
  caller: Caller,
  parameters: URLSearchParams,
): Promise<Target> {
  checkParameters(parameters, PARAMETERS);
  const keepPartial = keepsPartial(parameters);
  const id = parameters.get("audienceId");
  if (id === null) {
    const name = parameters.get("name") ?? DEFAULT_NAME;
    checkAudienceName(name);
    return { audienceId: null, name, channel: channelOf(parameters), keepPartial };
  }
  for (const field of ["name", "channel"]) {
    if (!parameters.has(field)) continue;
    const message = "cannot be combined with audienceId, because that audience has its own";
    throw invalid([field], "NOT_APPLICABLE", message);
  }
  const audienceId = fromTypeId("audience", id, ["audienceId"]);
  const { name, channel } = await getAudience(services, caller, audienceId);
  return { audienceId, name, channel, keepPartial };
}

async function importRows(
  services: Services,
  caller: Caller,
  target: Target,
  upload: Upload<ImportRow>,
): Promise<Audience> {
  let id: string | null = null;
  let written: Promise<unknown> = Promise.resolve();
  try {
    for await (const rows of chunksOf(upload)) {
      id ??= (await begin(services, caller, target, upload)).id;
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

function begin(
  services: Services,
  caller: Caller,
  { audienceId, name, channel, keepPartial }: Target,
  { bytesTotal }: Upload<ImportRow>,
): Promise<Audience> {
  return audienceId === null
    ? beginImport(services, caller, { name, channel, bytesTotal, keepPartial })
    : beginAppend(services, caller, audienceId, { bytesTotal, keepPartial });
}
