import { type Connection, statement } from "../../db/database.ts";

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

const RECORD = statement<
  [
    organizationId: string,
    tone: string | null,
    greeting: string | null,
    signOff: string | null,
    language: string | null,
  ]
>(
  "writingStyles.record",
  `insert into writing_styles as s (organization_id, tone, greeting, sign_off, language)
   values ($1, $2, $3, $4, $5)
   on conflict (organization_id) do update set tone = coalesce(excluded.tone, s.tone),
     greeting = coalesce(excluded.greeting, s.greeting),
     sign_off = coalesce(excluded.sign_off, s.sign_off),
     language = coalesce(excluded.language, s.language), updated_at = now()`,
);

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
 * Stores the writing style of an organization. A null value keeps the stored one. Publish the topic `facts` after the
 * commit.
 */
export async function recordStyle(
  tx: Connection,
  organizationId: string,
  { tone, greeting, signOff, language }: WritingStyle,
): Promise<void> {
  await tx.run(RECORD, organizationId, tidy(tone), tidy(greeting), tidy(signOff), tidy(language));
}

function tidy(text: string | null): string | null {
  const tidied = (text ?? "").replaceAll("\0", "").toWellFormed().trim().slice(0, MAX_LENGTH);
  return tidied.toWellFormed() || null;
}
