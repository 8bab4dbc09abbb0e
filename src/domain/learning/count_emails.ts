import { type Connection, LONG, statement } from "../../db/database.ts";
import { HAS_TEXT, TEACHES } from "../emails/learnable.ts";

/** Counts of the mails of an organization for learning. */
export interface LearnedCounts {
  /** Number of mails that were learned, with any version of the prompt. */
  readonly learned: number;
  /** Number of mails with text of their own that people of the organization have sent and that were not learned yet. */
  readonly notLearned: number;
}

const COUNT = statement<[organizationId: string], LearnedCounts>(
  "learnedEmails.count",
  `select
     (select count(*) from (
       select distinct email_id from learned_emails where organization_id = $1) l) as learned,
     (select count(*) from emails e
       where e.organization_id = $1 and ${TEACHES} and ${HAS_TEXT}
         and not exists (select from learned_emails l where l.email_id = e.id)) as "notLearned"`,
  LONG,
);

/** Counts the mails of an organization that were learned, and those that were not. */
export async function countLearnedEmails(
  { db }: { readonly db: Connection },
  organizationId: string,
): Promise<LearnedCounts> {
  const [counts] = await db.run(COUNT, organizationId);
  return counts ?? { learned: 0, notLearned: 0 };
}
