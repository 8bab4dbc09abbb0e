import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { DEFAULT_CHANNEL, type MessageChannel } from "../channel.ts";
import { ConflictError, InvalidInputError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import type { Audience, RefusedRow } from "./audience.ts";
import { deleteLocked } from "./delete.ts";
import { AUDIENCE_COLUMNS } from "./find.ts";
import { checkAudienceName } from "./name.ts";
import { enqueueRemoval, publishRemoval } from "./remove_recipients.ts";

const REPORTED_ROWS = 100;
const STALE_MS = 10 * 60_000;

interface RunningImport extends Audience {
  readonly keepPartial: boolean;
  /** Number of recipients before the import. */
  readonly keptCount: number;
}

const INSERT = statement<
  [
    id: string,
    organizationId: string,
    userId: string | null,
    name: string,
    channel: MessageChannel,
    bytesTotal: number | null,
    keepPartial: boolean,
  ],
  Audience
>(
  "audiences.insert",
  `insert into audiences (id, organization_id, user_id, name, channel, bytes_total, keep_partial)
   values ($1, $2, $3, $4, $5, $6, $7) returning ${AUDIENCE_COLUMNS}`,
);

const FINISH = statement<[organizationId: string, id: string], Audience>(
  "audiences.finishImport",
  `update audiences set import_status = 'FINISHED', partial = false, updated_at = now()
   where organization_id = $1 and id = $2 and import_status = 'RUNNING'
     and taken + collapsed > 0
   returning ${AUDIENCE_COLUMNS}`,
);

const LOCK_RUNNING = statement<
  [organizationId: string, id: string, idleMs: number],
  RunningImport
>(
  "audiences.lockRunning",
  `select ${AUDIENCE_COLUMNS}, keep_partial as "keepPartial", kept_count as "keptCount" from audiences
   where organization_id = $1 and id = $2 and import_status = 'RUNNING'
     and updated_at <= clock_timestamp() - $3::float8 * interval '1 millisecond'
   for update`,
);

const FAIL = statement<[organizationId: string, id: string]>(
  "audiences.failImport",
  `update audiences set import_status = 'FAILED', partial = true, updated_at = now()
   where organization_id = $1 and id = $2`,
);

const RESET = statement<[organizationId: string, id: string]>(
  "audiences.resetImport",
  `update audiences set import_status = 'FAILED', recipient_count = kept_count, variable_names = kept_variable_names,
     taken = 0, updated_at = now()
   where organization_id = $1 and id = $2`,
);

const FIND_STALE = statement<[idleMs: number], { id: string; organizationId: string }>(
  "audiences.findStaleImports",
  `select id, organization_id as "organizationId" from audiences
   where import_status = 'RUNNING' and updated_at < now() - $1::float8 * interval '1 millisecond'`,
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
  /** Whether a failed import keeps the recipients that it has added. Default: false. */
  readonly keepPartial?: boolean;
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
  { name, channel = DEFAULT_CHANNEL, bytesTotal, keepPartial = false }: BeginImportInput,
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
    keepPartial,
  );
  if (!audience) throw new Error("Cannot begin the import: the insert returned no row");
  services.bus.publish("audiences", organizationId, [audience.id]);
  return audience;
}

/**
 * Ends an import whose file was read completely. If all its rows were refused, it fails.
 *
 * @returns the FINISHED audience
 * @throws {InvalidInputError} if no row was valid; it names up to 100 rows by their lines
 * @throws {ConflictError} ALREADY_FINISHED if the import has ended before
 */
export async function finishImport(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Audience> {
  const { organizationId } = caller;
  const [audience] = await services.db.run(FINISH, organizationId, id);
  if (audience) {
    services.bus.publish("audiences", organizationId, [id]);
    return audience;
  }
  const rows = await refusedRows(services, { organizationId, id }, REPORTED_ROWS);
  if (!await failImport(services, caller, id)) throw importEnded(id);
  throw new InvalidInputError(
    rows.map(({ line, reason }) => ({
      path: ["rows", String(line)],
      code: "REFUSED",
      message: reason,
    })),
  );
}

/**
 * Fails an import, because its upload was interrupted. Unless the recipients that it has added are to be
 * kept, they are removed, and an audience that has no others is deleted.
 *
 * @param idleMs milliseconds; an import that has added a chunk within this time continues
 * @returns false if it has ended, or continues
 */
export async function failImport(
  services: Services,
  { organizationId }: Pick<Caller, "organizationId">,
  id: string,
  idleMs = 0,
): Promise<boolean> {
  const jobIds = await services.db.transaction(async (tx) => {
    const [audience] = await tx.run(LOCK_RUNNING, organizationId, id, idleMs);
    return audience ? await failLocked(tx, audience) : null;
  });
  if (jobIds) publishRemoval(services, organizationId, id, jobIds);
  return jobIds !== null;
}

async function failLocked(
  tx: Connection,
  audience: RunningImport,
): Promise<string[]> {
  const { organizationId, id, keepPartial, keptCount, recipientCount } = audience;
  if (keepPartial && recipientCount > keptCount) {
    await tx.run(FAIL, organizationId, id);
    return [];
  }
  if (keptCount === 0) return await deleteLocked(tx, audience, audience);
  await tx.run(RESET, organizationId, id);
  const range = { audienceId: id, after: keptCount, last: recipientCount };
  return await enqueueRemoval(tx, audience, range);
}

/**
 * Fails the imports of killed processes, in all organizations: those without a chunk for `idleMs`.
 *
 * @param idleMs milliseconds; must exceed the time in which the slowest client sends a chunk
 * @returns the number of imports that failed
 */
export async function failStaleImports(services: Services, idleMs = STALE_MS): Promise<number> {
  let count = 0;
  for (const { organizationId, id } of await services.db.run(FIND_STALE, idleMs)) {
    if (await failImport(services, { organizationId }, id, idleMs)) count++;
  }
  return count;
}

/** Reads the first refused rows of an audience, in the order of the file. */
export function refusedRows(
  { db }: Services,
  { organizationId, id }: Pick<Audience, "organizationId" | "id">,
  limit: number,
): Promise<RefusedRow[]> {
  return db.run(REFUSED_ROWS, organizationId, id, limit);
}

/** Creates the error for a change of an import that has ended. */
export function importEnded(id: string): ConflictError {
  const reason = `Cannot continue the import of ${toTypeId("audience", id)}: it has ended`;
  return new ConflictError("ALREADY_FINISHED", reason);
}
