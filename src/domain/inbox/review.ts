import { type Connection, statement } from "../../db/database.ts";
import { readOrganization } from "../access/organizations.ts";
import { toTypeId } from "../id.ts";
import { enqueueJobs } from "../jobs/enqueue.ts";
import { proposeFacts } from "../knowledge/propose.ts";
import { asData } from "../prompts/data.ts";
import type { PromptRequest } from "../prompts/past_inputs.ts";
import type { PromptVersion } from "../prompts/prompt.ts";
import { renderPrompt } from "../prompts/render.ts";
import type { Services } from "../services.ts";
import type { MeasuredSuggestion } from "./measure.ts";
import { publishSuggestions } from "./publish.ts";
import { factsOfReview, faultsOfReview, type ReviewAnswer, reviewAnswer } from "./review_answer.ts";

/*
 * After an edited suggestion was sent, the model names the shortcomings that a comparison of the texts cannot find, and
 * proposes facts for later suggestions.
 */

const MAX_OUTPUT_TOKENS = 2_000;
const MAX_MAIL = 20_000;
// Above this similarity an edit is too small for a review.
const MAX_SIMILARITY = 0.98;

/** A suggestion that was edited and sent. */
export interface EditedReply {
  readonly suggestionId: string;
  readonly organizationId: string;
  readonly threadId: string;
  /** The mail that was answered, without quotes and signature. */
  readonly mail: string;
  /** Address that the reply was sent to. */
  readonly customer: string;
  readonly suggested: string;
  readonly sent: string;
  /** The mail that was answered, and the reply. */
  readonly emailIds: readonly string[];
}

const FIND = statement<[organizationId: string, suggestionId: string], EditedReply>(
  "suggestions.edited",
  `select s.id as "suggestionId", s.organization_id as "organizationId", s.thread_id as "threadId",
     e.reply_text as mail, coalesce(e.reply_to, e.from_address) as customer, s.text as suggested, s.sent_text as sent,
     array(select id from emails where id = e.id
       union all (select id from emails
         where thread_id = s.thread_id and direction = 'OUTBOUND' and received_at >= e.received_at
         order by received_at limit 1)) as "emailIds"
   from suggestions s join emails e on e.id = s.email_id
   where s.organization_id = $1 and s.id = $2 and s.outcome = 'EDITED'`,
);

const RECORD = statement<[organizationId: string, suggestionId: string, shortcomings: string[]]>(
  "suggestions.recordReview",
  `update suggestions set shortcomings = array(
     select unnest(shortcomings) union select unnest($3::text[]) order by 1)
   where organization_id = $1 and id = $2`,
);

/** Enqueues the reviews of suggestions that the model wrote and a person edited. Wake the lane AI after the commit. */
export async function enqueueReviews(
  tx: Connection,
  measured: readonly MeasuredSuggestion[],
): Promise<string[]> {
  const edited = measured.filter(({ outcome, aiCallId, similarity }) =>
    outcome === "EDITED" && aiCallId !== null && (similarity ?? 1) <= MAX_SIMILARITY
  );
  return await enqueueJobs(
    tx,
    edited.map(({ id, organizationId }) => ({
      organizationId,
      userId: null,
      kind: "REVIEW_EDIT",
      uniqueKey: `review:${id}`,
      subject: toTypeId("suggestion", id),
      payload: { suggestionId: id },
    })),
  );
}

/** Finds an edited reply; null if it was erased. */
export async function findEditedReply(
  { db }: Services,
  organizationId: string,
  suggestionId: string,
): Promise<EditedReply | null> {
  const [reply] = await db.run(FIND, organizationId, suggestionId);
  return reply ?? null;
}

/**
 * Builds the request to the model for the review of an edited reply.
 *
 * @param prompt version of the prompt `review`
 * @throws {JobFailure} PROMPT, as `renderPrompt`
 */
export async function reviewRequest(
  services: Services,
  { organizationId, mail, suggested, sent }: EditedReply,
  prompt: PromptVersion<"review">,
): Promise<PromptRequest<ReviewAnswer>> {
  const { name } = await readOrganization(services, organizationId);
  const part = (title: string, text: string) =>
    ({ type: "text", text: `${title}:\n${asData(text.slice(0, MAX_MAIL))}` }) as const;
  return {
    instructions: await renderPrompt(services, prompt, { organization: name }),
    input: [part("Mail of the customer", mail), part("Suggestion", suggested), part("Reply", sent)],
    answer: reviewAnswer,
    faultsOf: faultsOfReview,
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  };
}

/** Stores the shortcomings of a suggestion, and proposes the facts with the mails as their evidence. */
export async function recordReview(
  services: Services,
  { organizationId, suggestionId, threadId, customer, emailIds }: EditedReply,
  answer: ReviewAnswer,
): Promise<void> {
  await services.db.transaction(async (tx) => {
    await tx.run(RECORD, organizationId, suggestionId, answer.shortcomings);
    await proposeFacts(tx, organizationId, factsOfReview(answer, customer, emailIds), "EDIT");
  });
  publishSuggestions(services, [{ organizationId, threadId }]);
}
