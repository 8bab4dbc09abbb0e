import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { DEFAULT_CHANNEL, type MessageChannel } from "../channel.ts";
import { ConflictError, InvalidInputError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { issuesOf, singleLine } from "../validation.ts";
import type { Audience, ImportStatus, RefusedRow } from "./audience.ts";
import { AUDIENCE_COLUMNS } from "./find.ts";

const REPORTED_ROWS = 100;
const nameSchema = singleLine(200);

const INSERT = statement<
  [
    id: string,
    organizationId: string,
    userId: string | null,
    name: string,
    channel: MessageChannel,
    bytesTotal: number | null,
  ],
  Audience
>(
  "audiences.insert",
  `insert into audiences (id, organization_id, user_id, name, channel, bytes_total)
   values ($1, $2, $3, $4, $5, $6) returning ${AUDIENCE_COLUMNS}`,
);

const END_IMPORT = statement<
  [organizationId: string, id: string, status: ImportStatus],
  Audience
>(
  "audiences.endImport",
  `update audiences set import_status = $3, updated_at = now()
   where organization_id = $1 and id = $2 and import_status = 'RUNNING'
   returning ${AUDIENCE_COLUMNS}`,
);

const FAIL_STALE_IMPORTS = statement<[idleMs: number], Audience>(
  "audiences.failStaleImports",
  `update audiences set import_status = 'FAILED', updated_at = now()
   where import_status = 'RUNNING' and updated_at < now() - $1::float8 * interval '1 millisecond'
   returning ${AUDIENCE_COLUMNS}`,
);

const DELETE = statement<[organizationId: string, id: string]>(
  "audiences.delete",
  "delete from audiences where organization_id = $1 and id = $2",
);

const REFUSED_ROWS = statement<[organizationId: string, id: string, limit: number], RefusedRow>(
  "audiences.refusedRows",
  `select line, reason from audience_refused_rows
   where organization_id = $1 and audience_id = $2 order by line limit $3`,
);

/** Input of `beginImport`. */
export interface BeginImportInput {
  /** 1 to 200 characters. */
  readonly name: string;
  /** Default: EMAIL. */
  readonly channel?: MessageChannel;
  /** Size of the file in bytes; null if unknown. */
  readonly bytesTotal: number | null;
}

/**
 * Creates an empty audience for an import.
 *
 * @returns the audience, RUNNING until `finishImport` or `failImport`
 * @throws {InvalidInputError} for a name that is empty, too long or not a single line
 */
export async function beginImport(
  services: Services,
  caller: Caller,
  { name, channel = DEFAULT_CHANNEL, bytesTotal }: BeginImportInput,
): Promise<Audience> {
  checkAudienceName(name);
  const { organizationId, userId } = caller;
  const [audience] = await services.db.run(
    INSERT,
    newId(),
    organizationId,
    userId,
    name.trim(),
    channel,
    bytesTotal,
  );
  if (!audience) throw new Error("Cannot begin the import: the insert returned no row");
  services.bus.publish("audiences", organizationId, [audience.id]);
  return audience;
}

/**
 * Checks the name of a new audience.
 *
 * @throws {InvalidInputError} for a name that is empty, too long or not a single line
 */
export function checkAudienceName(name: string): void {
  const issues = issuesOf(nameSchema.safeParse(name), ["name"]);
  if (issues.length > 0) throw new InvalidInputError(issues);
}

/**
 * Ends an import whose file was read completely. An audience without recipients is deleted.
 *
 * @returns the FINISHED audience
 * @throws {InvalidInputError} if no row became a recipient; it names up to 100 rows by their lines
 * @throws {ConflictError} ALREADY_FINISHED if the import has ended before
 */
export async function finishImport(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Audience> {
  const { db, bus } = services;
  const [audience] = await db.run(END_IMPORT, caller.organizationId, id, "FINISHED");
  if (!audience) throw importEnded(id);
  if (audience.taken > 0) {
    bus.publish("audiences", caller.organizationId, [id]);
    return audience;
  }
  const rows = await refusedRows(services, audience, REPORTED_ROWS);
  await db.run(DELETE, caller.organizationId, id);
  bus.publish("audiences", caller.organizationId, [id]);
  throw new InvalidInputError(
    rows.map(({ line, reason }) => ({
      path: ["rows", String(line)],
      code: "REFUSED",
      message: reason,
    })),
  );
}

/** Sets an import FAILED, because its upload was interrupted. The audience keeps its recipients. */
export async function failImport(services: Services, caller: Caller, id: string): Promise<void> {
  await services.db.run(END_IMPORT, caller.organizationId, id, "FAILED");
  services.bus.publish("audiences", caller.organizationId, [id]);
}

/**
 * Sets the imports of killed processes FAILED, in all organizations: those without a chunk for `idleMs`.
 *
 * @param idleMs milliseconds; must exceed the time in which the slowest client sends a chunk
 * @returns the number of imports set FAILED
 */
export async function failStaleImports(
  { db, bus }: Services,
  idleMs = 10 * 60_000,
): Promise<number> {
  const stale = await db.run(FAIL_STALE_IMPORTS, idleMs);
  for (const { organizationId, id } of stale) bus.publish("audiences", organizationId, [id]);
  return stale.length;
}

/** Reads the first refused rows of an audience, in the order of the file. */
export function refusedRows(
  { db }: Services,
  audience: Audience,
  limit: number,
): Promise<RefusedRow[]> {
  return db.run(REFUSED_ROWS, audience.organizationId, audience.id, limit);
}

/** Creates the error for a change of an import that has ended. */
export function importEnded(id: string): ConflictError {
  const reason = `Cannot continue the import of ${toTypeId("audience", id)}: it has ended`;
  return new ConflictError("ALREADY_FINISHED", reason);
}
