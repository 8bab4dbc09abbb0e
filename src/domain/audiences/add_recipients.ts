import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import type { MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import { invalid } from "../errors.ts";
import { checkRecipient, type Recipient, tidyRecipient } from "../recipients.ts";
import type { Services } from "../services.ts";
import type { Audience, ImportRow, RefusedRow } from "./audience.ts";
import { AUDIENCE_COLUMNS } from "./find.ts";
import { importEnded } from "./import.ts";

/** Refused rows that are stored per audience; further ones are only counted. */
const MAX_STORED_REFUSED_ROWS = 1_000;
const MAX_VARIABLE_NAMES = 1_000;
const MAX_REASON_LENGTH = 500;

// The lock serializes the chunks of an audience, so that each sees the recipients of the previous one.
const LOCK_IMPORT = statement<
  [organizationId: string, id: string],
  Pick<Audience, "channel" | "recipientCount" | "variableNames" | "refused">
>(
  "audiences.lockImport",
  `select channel, recipient_count as "recipientCount", variable_names as "variableNames", refused
   from audiences where organization_id = $1 and id = $2 and import_status = 'RUNNING'
   for no key update`,
);

const ADD_RECIPIENTS = statement<
  [
    organizationId: string,
    id: string,
    recipientCount: number,
    addresses: string[],
    names: (string | null)[],
    variables: string[],
    variableNames: string[],
    refused: number,
    refusedLines: number[],
    refusedReasons: string[],
    bytesRead: number,
  ],
  Audience
>(
  "audiences.addRecipients",
  `with rows as (
     select distinct on (lower(address)) address, name, variables, position
     from unnest($4::text[], $5::text[], $6::text[])
       with ordinality as r(address, name, variables, position)
     order by lower(address), position
   ),
   added as (
     insert into audience_recipients (organization_id, audience_id, n, address, name, variables)
     select $1, $2::uuid, $3::int + row_number() over (order by position), address, name,
       variables::jsonb
     from rows left join lateral (
       select true as known from audience_recipients k
       where lower(k.address) = lower(rows.address) and k.audience_id::text = $2::text limit 1
     ) k on true
     where known is null
     returning 1
   ),
   refused_rows as (
     insert into audience_refused_rows (organization_id, audience_id, line, reason)
     select $1, $2::uuid, line, reason from unnest($9::int[], $10::text[]) as r(line, reason)
     on conflict do nothing
   )
   update audiences set recipient_count = recipient_count + n, taken = taken + n,
     collapsed = collapsed + cardinality($4::text[]) - n, refused = refused + $8,
     variable_names = $7, bytes_read = $11, updated_at = clock_timestamp()
   from (select count(*)::int as n from added) a
   where organization_id = $1 and id = $2::uuid
   returning ${AUDIENCE_COLUMNS}`,
);

/**
 * Adds a chunk of rows to an audience that is being imported. Valid rows become recipients unless their
 * address is already in the audience; invalid rows are counted, and the first 1,000 are stored with
 * their reasons.
 *
 * @param rows up to some thousands, in the order of the file
 * @param bytesRead bytes of the request body read so far; compressed, if the client compressed the file
 * @returns the audience with its progress
 * @throws {ConflictError} ALREADY_FINISHED if the import has ended
 * @throws {InvalidInputError} for more than 1,000 different variables
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
    if (!state) throw importEnded(id);
    const { recipients, refused } = checkRows(rows, state.channel);
    const stored = refused.slice(0, Math.max(0, MAX_STORED_REFUSED_ROWS - state.refused));
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
      stored.map(({ line }) => line),
      stored.map(({ reason }) => reason),
      bytesRead,
    );
    return audience;
  });
  if (!audience) throw importEnded(id);
  services.bus.publish("audiences", organizationId, [id]);
  return audience;
}

function checkRows(
  rows: readonly ImportRow[],
  channel: MessageChannel,
): { recipients: Recipient[]; refused: RefusedRow[] } {
  const recipients: Recipient[] = [];
  const refused: RefusedRow[] = [];
  for (const row of rows) {
    if ("reason" in row) {
      refused.push(toRefusedRow(row.line, row.reason));
      continue;
    }
    const recipient = tidyRecipient(row.recipient);
    const issues = checkRecipient(recipient, CHANNEL_RULES[channel], []);
    if (issues.length === 0) recipients.push(recipient);
    else {
      const reasons = issues.map(({ path, message }) => `${path.join(".")} ${message}`);
      refused.push(toRefusedRow(row.line, reasons.join("; ")));
    }
  }
  return { recipients, refused };
}

function toRefusedRow(line: number, reason: string): RefusedRow {
  return { line, reason: reason.replaceAll("\0", "").slice(0, MAX_REASON_LENGTH) };
}

function withVariableNames(known: readonly string[], recipients: readonly Recipient[]): string[] {
  const names = new Set(known);
  for (const { variables } of recipients) {
    for (const name of Object.keys(variables)) names.add(name);
  }
  if (names.size <= MAX_VARIABLE_NAMES) return [...names];
  const message = `have more than ${MAX_VARIABLE_NAMES} different variables`;
  throw invalid(["rows"], "TOO_MANY", message);
}
