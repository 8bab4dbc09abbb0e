import type { Caller } from "../../domain/access/access.ts";
import { CHANNEL_RULES } from "../../domain/channel_rules/channel_rules.ts";
import { campaignsNamed, importAndEnrol } from "../../domain/campaigns/import.ts";
import { checkMayImport } from "../../domain/contacts/import.ts";
import type { Services } from "../../domain/services.ts";
import { contactTable } from "./contact_table.ts";
import { importRows } from "./counted_rows.ts";
import { CsvReader } from "./csv.ts";
import { failure } from "./failure.ts";
import { contactOf } from "./json_rows.ts";
import { readMapping } from "./mapping.ts";
import { NdjsonReader } from "./ndjson.ts";
import { channelOf, checkParameters, isTrue } from "./parameters.ts";
import { openUpload } from "./upload.ts";

const PARAMETERS = ["channel", "columns", "welcome", "received"];

/**
 * Handles `POST /import/contacts`: streams a file of people into the contacts; for ADMINs. A person whose address is
 * known is updated. Contacts are enrolled in the campaigns with a future date.
 *
 * Parameters: `channel` (EMAIL), whose addresses the file has; `columns` as in `importRecipients`; `welcome` (false),
 * whether the contacts get the mails of campaigns with the trigger SIGNUP; `received`, ids or types of campaigns whose
 * mails the contacts have received elsewhere. The file is CSV as for recipients, in which the columns `psid` (on
 * Messenger: `email`) and `vip` are fields of the contact; or NDJSON of objects with `email`, `psid`, `name`, `vip` and
 * `variables`.
 *
 * @returns 200 with `{ added, updated, refused, refusedRows: [{ line, reason }] }`, where `refusedRows` has the first
 *   100; 400 with `errors` if the header is unusable, no row is valid, or the upload was interrupted: what was written
 *   until then stays, and sending the file again adds the rest; 403 for a MEMBER; 408, 415 and 503 as
 *   `importRecipients`
 */
export async function importContacts(
  services: Services,
  request: Request,
  caller: Caller,
): Promise<Response> {
  try {
    checkMayImport(caller);
    const { searchParams } = new URL(request.url);
    checkParameters(searchParams, PARAMETERS);
    const channel = channelOf(searchParams);
    const mapping = readMapping(searchParams);
    const welcome = isTrue(searchParams, "welcome");
    const received = searchParams.get("received")?.split(",") ?? [];
    const receivedIds = await campaignsNamed(services, caller, received, ["received"]);
    const upload = openUpload(request, {
      csv: () => new CsvReader(contactTable(channel, CHANNEL_RULES[channel], mapping)),
      ndjson: () => new NdjsonReader(contactOf),
    });
    const { added, known: updated, refused, reported } = await importRows(
      upload,
      async (rows) => {
        const written = await importAndEnrol(services, caller, rows, { welcome, receivedIds });
        return { ...written, known: written.updated };
      },
    );
    return Response.json({ added, updated, refused, refusedRows: reported });
  } catch (error) {
    return failure(error);
  }
}
