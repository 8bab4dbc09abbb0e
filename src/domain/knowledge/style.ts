import { type Connection, statement } from "../../db/database.ts";
import type { Person } from "../person.ts";

/** Style of the mails of an organization; a value that is null is not known. */
export interface WritingStyle {
  /** "friendly and short". */
  readonly tone: string | null;
  /** "Hi <name>,". */
  readonly greeting: string | null;
  /** "Kind regards". */
  readonly signOff: string | null;
  /** Language tag (BCP 47): "de". */
  readonly language: string | null;
}

const FIND = statement<[organizationId: string], WritingStyle>(
  "writingStyles.find",
  `select tone, greeting, sign_off as "signOff", language from writing_styles
   where organization_id = $1`,
);

/** Number of mails with a value. */
export interface StyleVotes {
  readonly value: string;
  readonly count: number;
}

/** Most frequent values of some mails; null: none of them has one. */
export type VotedStyle = { readonly [Aspect in keyof WritingStyle]: StyleVotes | null };

type Vote = [value: string | null, count: number];

const RECORD = statement<[organizationId: string, ...Vote, ...Vote, ...Vote, ...Vote]>(
  "writingStyles.record",
  `insert into writing_styles as s (organization_id, tone, tone_votes, greeting, greeting_votes, sign_off,
     sign_off_votes, language, language_votes)
   values ($1, $2, $3, $4, $5, $6, $7, $8, $9)
   on conflict (organization_id) do update set ${countVotes("tone")}, ${countVotes("greeting")},
     ${countVotes("sign_off")}, ${countVotes("language")}, updated_at = now()`,
);

// Boyer and Moore, "MJRTY: A Fast Majority Vote Algorithm" (1991): the value of most mails wins, and no other is stored.
// Greetings may contain names, which would have to be erased.
function countVotes(column: string): string {
  const [value, votes] = [column, `${column}_votes`];
  return `${value} = case
       when s.${value} is null or excluded.${value} <> s.${value} and excluded.${votes} > s.${votes}
       then excluded.${value} else s.${value} end,
     ${votes} = case when excluded.${value} = s.${value} then s.${votes} + excluded.${votes}
       else abs(s.${votes} - excluded.${votes}) end`;
}

/** Reads the writing style of an organization; null: nothing was learned. */
export async function styleOf(
  { db }: { readonly db: Connection },
  organizationId: string,
): Promise<WritingStyle | null> {
  const [style] = await db.run(FIND, organizationId);
  return style ?? null;
}

const MAX_LENGTH = 500;

/**
 * Counts the style of mails, so that the organization gets the style of most of its mails. Publish the topic `facts`
 * after the commit.
 */
export async function recordStyle(
  tx: Connection,
  organizationId: string,
  { tone, greeting, signOff, language }: VotedStyle,
): Promise<void> {
  await tx.run(
    RECORD,
    organizationId,
    ...toVote(tone),
    ...toVote(greeting),
    ...toVote(signOff),
    ...toVote(language),
  );
}

const ERASE = statement<[organizationId: string], { id: string }>(
  "writingStyles.eraseUnfounded",
  `delete from writing_styles where organization_id = $1
     and not exists (select from learned_emails where organization_id = $1)
   returning organization_id as id`,
);

/**
 * Erases the style of an organization if no mail is left that it was learned from, because a greeting may contain a
 * name. The mails must be erased before.
 */
export async function eraseStyle(db: Connection, { organizationId }: Person): Promise<number> {
  return (await db.run(ERASE, organizationId)).length;
}

function toVote(votes: StyleVotes | null): Vote {
  const value = tidy(votes?.value ?? "");
  return [value, value === null ? 0 : votes?.count ?? 0];
}

function tidy(text: string): string | null {
  const tidied = text.replaceAll("\0", "").toWellFormed().trim().slice(0, MAX_LENGTH);
  return tidied.toWellFormed() || null;
}
