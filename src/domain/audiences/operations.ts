import type { Caller } from "../access/access.ts";
import { DEFAULT_CHANNEL, type MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import { ConflictError, invalid, InvalidInputError, NotFoundError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import { checkRecipient, type Recipient, tidyRecipient } from "../recipients.ts";
import type { Services } from "../services.ts";
import { type Audience, type ImportRow, mayAccess, type RefusedRow } from "./audience.ts";
import {
  ADD_RECIPIENTS,
  DELETE,
  END_IMPORT,
  FAIL_DEAD_IMPORTS,
  FIND,
  INSERT,
  KEPT_REFUSED_ROWS,
  LOCK_IMPORT,
  REFUSED_ROWS,
} from "./queries.ts";

const MAX_NAME_LENGTH = 200;
const MAX_VARIABLE_NAMES = 1_000;
const MAX_REASON_LENGTH = 500;
const REPORTED_ROWS = 100;

/** What `beginImport` takes. */
export interface BeginImportInput {
  /** 1 to 200 characters. */
  readonly name: string;
  /** EMAIL unless told. */
  readonly channel?: MessageChannel;
  /** Size of the file, where it is known. */
  readonly bytesTotal: number | null;
}

/**
 * Makes an audience that recipients are then added to.
 *
 * @throws {InvalidInputError} for a name that is empty, too long, or of several lines
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
  if (!audience) throw new Error("Cannot begin the import: the insert answered no row");
  services.bus.publish("audiences", organizationId, [audience.id]);
  return audience;
}

/**
 * Checks the name of an audience to be, before anything is done for it.
 *
 * @throws {InvalidInputError} for a name that is empty, too long, or of several lines
 */
export function checkAudienceName(name: string): void {
  if (name.trim() === "") throw invalid(["name"], "REQUIRED", "is empty");
  if (name.length > MAX_NAME_LENGTH) {
    throw invalid(["name"], "TOO_LONG", `is longer than ${MAX_NAME_LENGTH} characters`);
  }
  if (/[\r\n\0]/.test(name)) {
    throw invalid(["name"], "MALFORMED", "must not hold line ends or NUL characters");
  }
}

/**
 * Adds a chunk of rows to an audience that is being imported: good ones become recipients, addresses
 * that it already has are collapsed into the first, faulty ones are counted, and the first 1,000 of
 * them kept with their reasons.
 *
 * @param rows up to some thousands, in the order of the file
 * @param bytesRead of the file, with this chunk
 * @returns the audience with its progress
 * @throws {ConflictError} ALREADY_FINISHED, when the import has ended
 * @throws {InvalidInputError} when there are more than 1,000 different variables
 */
export async function addRecipients(
  services: Services,
  caller: Caller,
  id: string,
  rows: readonly ImportRow[],
  bytesRead: number,
): Promise<Audience> {
  const { organizationId } = caller;
  const audience = await services.db.transaction(async (tx) => {
    const [state] = await tx.run(LOCK_IMPORT, organizationId, id);
    if (!state) throw ended(id);
    const { recipients, refused } = sortOut(rows, state.channel);
    const kept = refused.slice(0, Math.max(0, KEPT_REFUSED_ROWS - state.refused));
    const [audience] = await tx.run(
      ADD_RECIPIENTS,
      organizationId,
      id,
      state.recipientCount,
      recipients.map(({ address }) => address),
      recipients.map(({ name }) => name),
      recipients.map(({ variables }) => JSON.stringify(variables)),
      withVariableNames(state.variableNames, recipients),
      refused.length,
      kept.map(({ line }) => line),
      kept.map(({ reason }) => reason),
      bytesRead,
    );
    return audience;
  });
  if (!audience) throw ended(id);
  services.bus.publish("audiences", organizationId, [id]);
  return audience;
}

/**
 * Ends an import whose file was read to its end. One that took no row leaves nothing behind.
 *
 * @throws {InvalidInputError} when no row was taken; names up to 100 refused rows by their lines
 * @throws {ConflictError} ALREADY_FINISHED, when it had been given up for dead
 */
export async function finishImport(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Audience> {
  const { db, bus } = services;
  const [audience] = await db.run(END_IMPORT, caller.organizationId, id, "FINISHED");
  if (!audience) throw ended(id);
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

/** Ends an import that broke off: it is FAILED, with what it had taken. */
export async function failImport(services: Services, caller: Caller, id: string): Promise<void> {
  await services.db.run(END_IMPORT, caller.organizationId, id, "FAILED");
  services.bus.publish("audiences", caller.organizationId, [id]);
}

/**
 * Ends the imports of all organizations whose process has died: those that have not written for a
 * while.
 *
 * @param silentMs milliseconds without a chunk; far more than the slowest client needs for one
 * @returns how many there were
 */
export async function failDeadImports(
  { db, bus }: Services,
  silentMs = 10 * 60_000,
): Promise<number> {
  const dead = await db.run(FAIL_DEAD_IMPORTS, silentMs);
  for (const { organizationId, id } of dead) bus.publish("audiences", organizationId, [id]);
  return dead.length;
}

/**
 * One audience.
 *
 * @throws {NotFoundError} also for what the caller may not see
 */
export async function getAudience(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Audience> {
  const [audience] = await audiencesById(services, caller, [id]);
  if (!audience) throw new NotFoundError([toTypeId("audience", id)]);
  return audience;
}

/** The audiences with these ids that the caller may see, in any order. */
export async function audiencesById(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<Audience[]> {
  const audiences = await db.run(FIND, caller.organizationId, [...ids]);
  return audiences.filter((audience) => mayAccess(caller, audience));
}

/** The first refused rows of an audience, in the order of the file. */
export function refusedRows(
  { db }: Services,
  audience: Audience,
  limit: number,
): Promise<RefusedRow[]> {
  return db.run(REFUSED_ROWS, audience.organizationId, audience.id, limit);
}

function sortOut(
  rows: readonly ImportRow[],
  channel: MessageChannel,
): { recipients: Recipient[]; refused: RefusedRow[] } {
  const recipients: Recipient[] = [];
  const refused: RefusedRow[] = [];
  for (const row of rows) {
    if ("reason" in row) {
      refused.push(refusal(row.line, row.reason));
      continue;
    }
    const recipient = tidyRecipient(row.recipient);
    const issues = checkRecipient(recipient, CHANNEL_RULES[channel], []);
    if (issues.length === 0) recipients.push(recipient);
    else {
      const reason = issues.map(({ path, message }) => `${path.join(".")} ${message}`).join("; ");
      refused.push(refusal(row.line, reason));
    }
  }
  return { recipients, refused };
}

function refusal(line: number, reason: string): RefusedRow {
  return { line, reason: reason.replaceAll("\0", "").slice(0, MAX_REASON_LENGTH) };
}

function withVariableNames(known: readonly string[], recipients: readonly Recipient[]): string[] {
  const names = new Set(known);
  for (const { variables } of recipients) {
    for (const name of Object.keys(variables)) names.add(name);
  }
  if (names.size <= MAX_VARIABLE_NAMES) return [...names];
  const message = `has more than ${MAX_VARIABLE_NAMES} different variables`;
  throw invalid(["rows"], "TOO_MANY", message);
}

function ended(id: string): ConflictError {
  return new ConflictError(
    "ALREADY_FINISHED",
    `Cannot go on with the import of ${toTypeId("audience", id)}: it has ended`,
  );
}
