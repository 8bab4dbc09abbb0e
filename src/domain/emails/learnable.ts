import { sql } from "kysely";
import { queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { invalid } from "../errors.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import type { Email } from "./email.ts";
import { findEmails } from "./find.ts";

/** SQL: mail `e` was written by a person of the organization. */
export const TEACHES = "e.direction = 'OUTBOUND' and e.kind in ('OWN', 'PERSON')";

/** SQL: mail `e` has text besides quotes and signature. */
export const HAS_TEXT = "e.reply_text ~ '\\S'";

/** Filter of a list of mails to learn from: fields are combined with AND. */
export interface LearnableEmailFilter {
  /** Parts of the subject or of the first recipient's address, separated by spaces, in any case. */
  readonly search?: string | null;
  /** Sent at or after this time. */
  readonly sentFrom?: Date | null;
  /** Sent before this time. */
  readonly sentTo?: Date | null;
  /** Whether it was learned from, with any version of the prompt. */
  readonly learned?: boolean | null;
}

/**
 * Returns SQL that marks mails as learned. Rows are locked in one order, because two runs with the same
 * mails could otherwise deadlock.
 *
 * @param ids SQL of an array of their ids
 */
export function markLearned(ids: string): string {
  return `update emails set learned_at = now() where id = any(array(
     select id from emails where id = any(${ids}) order by id for no key update))`;
}

interface Tables {
  emails: {
    readonly id: string;
    readonly organization_id: string;
    readonly received_at: Date;
    readonly learned_at: Date | null;
    readonly search_line: string;
  };
}

const NEWEST_FIRST: Sort = {
  name: "sent desc",
  keys: [
    { expression: sql.ref("received_at"), type: "timestamptz" },
    { expression: sql.ref("id"), type: "uuid" },
  ],
  direction: "desc",
};

/**
 * Reads a page of the mails that can be learned from, newest first: mails with text of their own that people of the
 * organization have sent.
 *
 * @throws {InvalidInputError} for a period that does not end after it begins, page arguments out of range and cursors of
 *   another list
 */
export async function listLearnableEmails(
  services: Services,
  caller: Pick<Caller, "organizationId">,
  { search, sentFrom, sentTo, learned }: LearnableEmailFilter,
  page: PageArgs,
): Promise<Page<Email>> {
  if (sentFrom && sentTo && sentFrom >= sentTo) {
    throw invalid(["filter", "sentTo"], "OUT_OF_RANGE", "must be later than sentFrom");
  }
  // The query reads the ids only, so that an index without the texts of the mails is enough.
  let query = queryBuilder<Tables>().selectFrom("emails as e").select("id")
    .where("organization_id", "=", caller.organizationId)
    .where(sql.raw<boolean>(TEACHES)).where(sql.raw<boolean>(HAS_TEXT));
  if (sentFrom) query = query.where("received_at", ">=", sentFrom);
  if (sentTo) query = query.where("received_at", "<", sentTo);
  if (learned != null) query = query.where("learned_at", learned ? "is not" : "is", null);
  for (const pattern of patternsOf(search)) {
    query = query.where("search_line", "like", sql<string>`lower(${pattern})`);
  }
  const { edges, ...rest } = await listPage(services.db, query, NEWEST_FIRST, page);
  const found = await findEmails(services, caller, edges.map(({ node: { id } }) => id));
  const emails = new Map(found.map((email) => [email.id, email]));
  return {
    ...rest,
    edges: edges.flatMap(({ node: { id }, cursor }) => {
      const node = emails.get(id);
      return node ? [{ node, cursor }] : [];
    }),
  };
}

/** Returns a pattern for LIKE for each part of a search. */
function patternsOf(search: string | null | undefined): string[] {
  const words = (search ?? "").replaceAll("\0", "").toWellFormed().split(/\s+/);
  return words.filter((word) => word !== "")
    .map((word) => `%${word.replaceAll(/[\\%_]/g, "\\$&")}%`);
}
