import { getLogger } from "@logtape/logtape";
import { statement } from "../../db/database.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { type AnsweredMail, fallbackTextFor } from "./fallback_text.ts";
import {
  type ClaimParameters,
  HELD,
  parametersOf,
  publishWritten,
  type WritingClaim,
} from "./writing.ts";

const log = getLogger(["waybill", "inbox"]);

const FIND_MAIL = statement<[organizationId: string, suggestionId: string], AnsweredMail>(
  "suggestions.mailOf",
  `select s.organization_id as "organizationId", e.from_name as name, e.from_address as address,
     e.subject
   from suggestions s join emails e on e.id = s.email_id
   where s.organization_id = $1 and s.id = $2`,
);

const FALL_BACK = statement<
  [...ClaimParameters, text: string, reason: string],
  { threadId: string }
>(
  "suggestions.fallBack",
  `update suggestions s set status = 'FALLBACK', text = $4, fallback_reason = $5, written_at = now()
   where ${HELD} returning thread_id as "threadId"`,
);

/**
 * Stores the text of the template, because the language model wrote none. A stale claim changes nothing.
 *
 * @param reason one sentence for people
 */
export async function fallBack(
  services: Services,
  claim: WritingClaim,
  reason: string,
): Promise<void> {
  const text = await textFor(services, claim);
  if (text === null) return;
  const rows = await services.db.run(FALL_BACK, ...parametersOf(claim), text, reason);
  if (rows.length > 0) logFallback(claim, reason);
  publishWritten(services, claim, rows);
}

/** Renders the template for the mail of a suggestion; null if the mail is deleted. */
export async function textFor(
  services: Services,
  { organizationId, suggestionId }: Pick<WritingClaim, "organizationId" | "suggestionId">,
): Promise<string | null> {
  const [mail] = await services.db.run(FIND_MAIL, organizationId, suggestionId);
  return mail ? await fallbackTextFor(services, mail) : null;
}

/** Logs that a suggestion fell back, without its texts. */
export function logFallback(
  { suggestionId }: { readonly suggestionId: string },
  reason: string,
): void {
  log.warn("Suggestion {suggestionId} fell back to the template: {reason}", {
    suggestionId: toTypeId("suggestion", suggestionId),
    reason,
  });
}
