import { statement } from "../../db/database.ts";
import { readOrganization } from "../access/organizations.ts";
import { HAS_TEXT } from "../emails/learnable.ts";
import { asData } from "../prompts/data.ts";
import type { PromptRequest } from "../prompts/past_inputs.ts";
import type { PromptVersion } from "../prompts/prompt.ts";
import { renderPrompt } from "../prompts/render.ts";
import type { Services } from "../services.ts";
import {
  faultsOfLessons,
  type LearnedEmail,
  type LessonsAnswer,
  lessonsAnswer,
} from "./lessons.ts";

/** A mail of the organization, with the mail that it answers. */
export interface TeachingEmail extends LearnedEmail {
  readonly subject: string;
  /** Without quotes and signature. */
  readonly text: string;
  /** Text of the answered mail without quotes and signature; null: it is not known. */
  readonly answered: string | null;
}

const MAX_TEXT = 8_000;
const OUTPUT_TOKENS = 1_000;
const OUTPUT_TOKENS_PER_MAIL = 1_000;

const LOAD = statement<
  [organizationId: string, ids: string[], promptId: string, relearn: boolean],
  TeachingEmail
>(
  "learningSelection.load",
  `select e.id, e.to_addresses[1] as customer, e.subject, left(e.reply_text, ${MAX_TEXT}) as text,
     left(a.reply_text, ${MAX_TEXT}) as answered
   from emails e
     left join emails a on a.organization_id = e.organization_id
       and a.message_id = coalesce(e.in_reply_to, e.reference_ids[cardinality(e.reference_ids)])
   where e.organization_id = $1 and e.id = any($2) and ${HAS_TEXT}
     and ($4 or not exists (
       select from learned_emails l where l.email_id = e.id and l.prompt_id = $3))
   order by e.id`,
);

/** Reads mails to learn from, except mails without text of their own and mails learned meanwhile. */
export function loadEmails(
  { db }: Pick<Services, "db">,
  organizationId: string,
  ids: readonly string[],
  { promptId, relearn }: { readonly promptId: string; readonly relearn: boolean },
): Promise<TeachingEmail[]> {
  return db.run(LOAD, organizationId, [...ids], promptId, relearn);
}

/**
 * Renders the instructions of all requests of a run.
 *
 * @param prompt version of the prompt `learning`
 * @throws {JobFailure} PROMPT, as `renderPrompt`
 */
export async function lessonInstructions(
  services: Services,
  prompt: PromptVersion<"learning">,
): Promise<string> {
  const { name } = await readOrganization(services, prompt.organizationId);
  return await renderPrompt(services, prompt, { organization: name });
}

/** Builds the request to the model for some mails. */
export function lessonRequest(
  instructions: string,
  emails: readonly TeachingEmail[],
): PromptRequest<LessonsAnswer> {
  const texts = emails.map(({ subject, text, answered }, index) => {
    const question = answered ? `\n\nAnswers this mail of a customer:\n${answered}` : "";
    return `Mail ${index + 1}\n${asData(`Subject: ${subject}\n\n${text}${question}`)}`;
  });
  return {
    instructions,
    input: [{ type: "text", text: texts.join("\n\n") }],
    answer: lessonsAnswer,
    faultsOf: (answer) => faultsOfLessons(answer, emails.length),
    maxOutputTokens: OUTPUT_TOKENS + OUTPUT_TOKENS_PER_MAIL * emails.length,
  };
}
