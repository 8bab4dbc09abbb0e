import { statement } from "../../db/database.ts";
import type { Audience, ImportStatus, RefusedRow } from "./audience.ts";

/** Refused rows that an import keeps; the rest is only counted. */
export const KEPT_REFUSED_ROWS = 1_000;

/** An audience's columns under the names of `Audience`. */
export const AUDIENCE_COLUMNS = [
  "id",
  "organization_id as organizationId",
  "user_id as userId",
  "name",
  "channel",
  "recipient_count as recipientCount",
  "variable_names as variableNames",
  "import_status as importStatus",
  "taken",
  "collapsed",
  "refused",
  "bytes_read as bytesRead",
  "bytes_total as bytesTotal",
  "created_at as createdAt",
  "updated_at as updatedAt",
] as const;

const COLUMNS = AUDIENCE_COLUMNS.map((column) => column.replace(/ as (.*)/, ' as "$1"')).join(", ");

export const INSERT = statement<
  [
    id: string,
    organizationId: string,
    userId: string | null,
    name: string,
    channel: string,
    bytesTotal: number | null,
  ],
  Audience
>(
  "audiences.insert",
  `insert into audiences (id, organization_id, user_id, name, channel, bytes_total)
   values ($1, $2, $3, $4, $5, $6) returning ${COLUMNS}`,
);

export const FIND = statement<[organizationId: string, ids: string[]], Audience>(
  "audiences.find",
  `select ${COLUMNS} from audiences where organization_id = $1 and id = any($2)`,
);

// Chunks of one audience follow each other: the second sees what the first has added.
export const LOCK_IMPORT = statement<
  [organizationId: string, id: string],
  Pick<Audience, "channel" | "recipientCount" | "variableNames" | "refused">
>(
  "audiences.lockImport",
  `select channel, recipient_count as "recipientCount", variable_names as "variableNames", refused
   from audiences where organization_id = $1 and id = $2 and import_status = 'RUNNING'
   for no key update`,
);

export const ADD_RECIPIENTS = statement<
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
   returning ${COLUMNS}`,
);

export const END_IMPORT = statement<
  [organizationId: string, id: string, status: ImportStatus],
  Audience
>(
  "audiences.endImport",
  `update audiences set import_status = $3, updated_at = now()
   where organization_id = $1 and id = $2 and import_status = 'RUNNING' returning ${COLUMNS}`,
);

// A living import writes with each chunk.
export const FAIL_DEAD_IMPORTS = statement<[silentMs: number], Audience>(
  "audiences.failDeadImports",
  `update audiences set import_status = 'FAILED', updated_at = now()
   where import_status = 'RUNNING' and updated_at < now() - $1::float8 * interval '1 millisecond'
   returning ${COLUMNS}`,
);

export const DELETE = statement<[organizationId: string, id: string]>(
  "audiences.delete",
  "delete from audiences where organization_id = $1 and id = $2",
);

export const REFUSED_ROWS = statement<
  [organizationId: string, id: string, limit: number],
  RefusedRow
>(
  "audiences.refusedRows",
  `select line, reason from audience_refused_rows
   where organization_id = $1 and audience_id = $2 order by line limit $3`,
);
