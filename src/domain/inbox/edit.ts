import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { ConflictError, InvalidInputError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { cancelMany, publishCancelled } from "../jobs/cancel.ts";
import type { Services } from "../services.ts";
import { issuesOf } from "../validation.ts";
import { z } from "zod";
import { getSuggestion, SUGGESTION_COLUMNS } from "./find.ts";
import { publishSuggestions } from "./publish.ts";
import type { Suggestion } from "./suggestion.ts";

const MAX_LENGTH = 50_000;
const textSchema = z.string().max(
  MAX_LENGTH,
  `is longer than ${MAX_LENGTH.toLocaleString("en")} characters`,
).regex(/^[^\0]*$/, "must not contain NUL characters");

// An edited text is complete, whether or not the model wrote one. The stored text may also be the new one, so that a
// repeated call succeeds.
const EDIT = statement<
  [
    organizationId: string,
    id: string,
    text: string,
    userId: string | null,
    replaces: string | null,
  ],
  Suggestion
>(
  "suggestions.edit",
  `update suggestions set edited_text = nullif($3, text),
     edited_at = case when $3 <> text then now() end, edited_by = case when $3 <> text then $4 end,
     status = case when status in ('WAITING', 'WRITING', 'FAILED') then 'READY' else status end
   where organization_id = $1 and id = $2 and newest and outcome is null and status <> 'SENT'
     and ($5::text is null or coalesce(edited_text, text) in ($5, $3))
   returning ${SUGGESTION_COLUMNS}`,
);

/**
 * Saves a person's edit of a suggestion, which neither the model nor a new mail replaces; its job is cancelled. Saving
 * the original text removes the edit.
 *
 * @param replaces text before the edit; null: the edit replaces any text
 * @throws {InvalidInputError} for a text of more than 50,000 characters
 * @throws {NotFoundError}
 * @throws {ConflictError} ALREADY_FINISHED if it was sent, replaced, or the thread is answered; CHANGED if the
 *   stored text differs from `replaces`
 */
export async function editSuggestion(
  services: Services,
  caller: Caller,
  id: string,
  text: string,
  replaces: string | null = null,
): Promise<Suggestion> {
  const issues = [
    ...issuesOf(textSchema.safeParse(text), ["text"]),
    ...issuesOf(textSchema.nullable().safeParse(replaces), ["replaces"]),
  ];
  if (issues.length > 0) throw new InvalidInputError(issues);
  await getSuggestion(services, caller, id);
  const { organizationId, userId } = caller;
  const { edited, cancelled } = await services.db.transaction(async (tx) => {
    const [edited] = await tx.run(
      EDIT,
      organizationId,
      id,
      text.toWellFormed(),
      userId,
      replaces?.toWellFormed() ?? null,
    );
    return { edited, cancelled: edited ? await cancelMany(tx, caller, [edited.jobId]) : [] };
  });
  if (!edited) throw conflictOf(await getSuggestion(services, caller, id));
  publishCancelled(services, cancelled);
  publishSuggestions(services, [edited]);
  return edited;
}

function conflictOf({ id, status, outcome }: Suggestion): ConflictError {
  const action = `Cannot edit suggestion ${toTypeId("suggestion", id)}`;
  return status === "SENT" || outcome !== null
    ? new ConflictError(
      "ALREADY_FINISHED",
      `${action}: it was sent or replaced, or the thread is answered`,
    )
    : new ConflictError("CHANGED", `${action}: its text has changed since it was read`);
}
