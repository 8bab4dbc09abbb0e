import { z } from "zod";
import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { InvalidInputError, NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { issuesOf } from "../validation.ts";
import { SUGGESTION_COLUMNS } from "./find.ts";
import { publishSuggestions } from "./publish.ts";
import type { Suggestion } from "./suggestion.ts";

const MAX_LENGTH = 2_000;

const commentSchema = z.string()
  .max(MAX_LENGTH, `is longer than ${MAX_LENGTH.toLocaleString("en")} characters`)
  .regex(/^[^\0]*$/, "must not contain NUL characters").nullish();

/** Rating of a suggestion by a person. */
export interface RateSuggestionInput {
  readonly good: boolean;
  readonly comment?: string | null;
}

const RATE = statement<
  [
    organizationId: string,
    id: string,
    good: boolean,
    comment: string | null,
    userId: string | null,
  ],
  Suggestion
>(
  "suggestions.rate",
  `update suggestions set rating_good = $3, rating_comment = $4, rated_by = $5, rated_at = now()
   where organization_id = $1 and id = $2 returning ${SUGGESTION_COLUMNS}`,
);

/**
 * Stores a rating of a suggestion, which replaces an earlier one.
 *
 * @throws {InvalidInputError} for a comment of more than 2,000 characters
 * @throws {NotFoundError}
 */
export async function rateSuggestion(
  services: Services,
  { organizationId, userId }: Caller,
  id: string,
  { good, comment }: RateSuggestionInput,
): Promise<Suggestion> {
  const issues = issuesOf(commentSchema.safeParse(comment), ["input", "comment"]);
  if (issues.length > 0) throw new InvalidInputError(issues);
  const text = comment?.trim().toWellFormed() || null;
  const [rated] = await services.db.run(RATE, organizationId, id, good, text, userId);
  if (!rated) throw new NotFoundError([toTypeId("suggestion", id)]);
  publishSuggestions(services, [rated]);
  return rated;
}
