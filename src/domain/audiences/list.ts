import { sql } from "kysely";
import type { TableOf } from "../../db/columns.ts";
import { queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { byId, listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Recipient } from "../recipients.ts";
import type { Services } from "../services.ts";
import type { Audience, RefusedRow } from "./audience.ts";
import { AUDIENCE_FIELDS } from "./find.ts";

interface Tables {
  audiences: TableOf<Audience, typeof AUDIENCE_FIELDS>;
  audience_recipients: {
    organization_id: string;
    audience_id: string;
    n: number;
    address: string;
    name: string | null;
    variables: Record<string, unknown>;
  };
  audience_refused_rows: {
    organization_id: string;
    audience_id: string;
    line: number;
    reason: string;
  };
}

const BY_POSITION: Sort = {
  name: "n asc",
  keys: [{ expression: sql.ref("n"), type: "integer" }],
  direction: "asc",
};
const BY_LINE: Sort = {
  name: "line asc",
  keys: [{ expression: sql.ref("line"), type: "integer" }],
  direction: "asc",
};

/**
 * Reads a page of the audiences that the caller may see, newest first.
 *
 * @param search part of the name, in any case; null: all
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listAudiences(
  { db }: Services,
  caller: Caller,
  search: string | null,
  page: PageArgs,
): Promise<Page<Audience>> {
  let query = queryBuilder<Tables>().selectFrom("audiences").select(AUDIENCE_FIELDS)
    .where("organization_id", "=", caller.organizationId);
  if (caller.role === "MEMBER") query = query.where("user_id", "=", caller.userId);
  if (search !== null) query = query.where(contains("name", search));
  return listPage(db, query, byId("desc"), page);
}

/**
 * Reads a page of the recipients of an audience, in the order of its file.
 *
 * @param audience one that the caller may see
 * @param search part of the address or name, in any case; null: all
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listRecipients(
  { db }: Services,
  audience: Audience,
  search: string | null,
  page: PageArgs,
): Promise<Page<Recipient>> {
  let query = queryBuilder<Tables>().selectFrom("audience_recipients")
    .select(["address", "name", "variables"])
    .where("organization_id", "=", audience.organizationId)
    .where("audience_id", "=", audience.id)
    // Later ones belong to a failed import, and are being removed.
    .where("n", "<=", audience.recipientCount);
  if (search !== null) {
    query = query.where(({ or }) => or([contains("address", search), contains("name", search)]));
  }
  return listPage(db, query, BY_POSITION, page);
}

/**
 * Reads a page of the stored refused rows of an audience, in the order of its file. Only the first 1,000
 * are stored.
 *
 * @param audience one that the caller may see
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listRefusedRows(
  { db }: Services,
  audience: Audience,
  page: PageArgs,
): Promise<Page<RefusedRow>> {
  const query = queryBuilder<Tables>().selectFrom("audience_refused_rows")
    .select(["line", "reason"])
    .where("organization_id", "=", audience.organizationId)
    .where("audience_id", "=", audience.id);
  return listPage(db, query, BY_LINE, page);
}

function contains(column: string, text: string) {
  const part = text.replaceAll("\0", "");
  return sql<boolean>`strpos(lower(${sql.ref(column)}), lower(${part})) > 0`;
}
