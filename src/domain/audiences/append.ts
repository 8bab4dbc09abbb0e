import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { ConflictError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import type { Audience } from "./audience.ts";
import { lockAudience } from "./delete.ts";
import { AUDIENCE_COLUMNS, getAudience } from "./find.ts";
import type { BeginImportInput } from "./import.ts";
import { enqueueRemoval, publishRemoval } from "./remove_recipients.ts";

const LAST_POSITION = statement<[organizationId: string, id: string], { last: number }>(
  "audiences.lastPosition",
  `select coalesce(max(n), 0) as last from audience_recipients
   where organization_id = $1 and audience_id = $2`,
);

const BEGIN_APPEND = statement<
  [organizationId: string, id: string, bytesTotal: number | null, keepPartial: boolean],
  Audience
>(
  "audiences.beginAppend",
  `with cleared as (
     delete from audience_refused_rows where organization_id = $1 and audience_id = $2
   )
   update audiences set import_status = 'RUNNING', taken = 0, collapsed = 0, refused = 0,
     bytes_read = 0, bytes_total = $3, keep_partial = $4, kept_count = recipient_count,
     kept_variable_names = variable_names, updated_at = clock_timestamp()
   where organization_id = $1 and id = $2
   returning ${AUDIENCE_COLUMNS}`,
);

/**
 * Begins an import into an existing audience. Its counts begin at 0; messages that were created before take
 * no recipient of it.
 *
 * @returns the audience, RUNNING until `finishImport` or `failImport`
 * @throws {NotFoundError} also for an audience that the caller may not see
 * @throws {ConflictError} ALREADY_RUNNING while another file is imported, or while the recipients of a
 *   failed import are being removed
 */
export async function beginAppend(
  services: Services,
  caller: Caller,
  id: string,
  { bytesTotal, keepPartial = false }: Pick<BeginImportInput, "bytesTotal" | "keepPartial">,
): Promise<Audience> {
  const { organizationId } = await getAudience(services, caller, id);
  const begun = await services.db.transaction(async (tx) => {
    const { importStatus, recipientCount } = await lockAudience(tx, organizationId, id);
    if (importStatus === "RUNNING") {
      throw cannotAppend(id, "another import into it is in progress; wait until it has ended");
    }
    const [{ last } = { last: 0 }] = await tx.run(LAST_POSITION, organizationId, id);
    const range = { audienceId: id, after: recipientCount, last };
    // Again, because the job of the failed import may have been cancelled.
    if (last > recipientCount) return { jobIds: await enqueueRemoval(tx, caller, range) };
    return {
      audience: (await tx.run(BEGIN_APPEND, organizationId, id, bytesTotal, keepPartial))[0],
    };
  });
  publishRemoval(services, organizationId, id, begun.jobIds ?? []);
  if (begun.audience) return begun.audience;
  throw cannotAppend(id, "the recipients of a failed import are being removed; retry in a minute");
}

function cannotAppend(id: string, reason: string): ConflictError {
  const message = `Cannot append to audience ${toTypeId("audience", id)}: ${reason}`;
  return new ConflictError("ALREADY_RUNNING", message);
}
