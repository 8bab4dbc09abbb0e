import { type Caller, requireAdmin } from "../access/access.ts";
import { eraseFromAudiences } from "../audiences/erase_person.ts";
import { eraseEnrolments } from "../campaigns/erase.ts";
import { beginErasure, endErasure, findErasing } from "../contacts/erase_person.ts";
import { eraseFromDeliveries } from "../deliveries/erase_person.ts";
import { eraseFromEmails } from "../emails/erase.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { eraseSources, eraseSuggestions } from "../inbox/erase.ts";
import type { Job } from "../jobs/job.ts";
import { eraseFromKnowledge } from "../knowledge/erase.ts";
import { eraseStyle } from "../knowledge/style.ts";
import { eraseOrders } from "../orders/erase.ts";
import { eraseFromReplies } from "../messages/erase_person.ts";
import type { PersonEraser } from "../person.ts";
import { eraseFromTrials } from "../prompt_trials/erase.ts";
import { eraseQuotes } from "../quotes/erase.ts";
import type { Services } from "../services.ts";
import { eraseFromSuppressions } from "../suppressions/erase_person.ts";
import { eraseFromCalls } from "../webhooks/erase.ts";
import { enqueueErasure } from "./enqueue.ts";

/** Erasers of all nouns that store data of people; sources of recipients first. */
const PERSON_ERASERS: readonly PersonEraser[] = [
  eraseFromAudiences,
  eraseEnrolments,
  eraseQuotes,
  eraseSuggestions,
  eraseOrders,
  eraseFromEmails,
  eraseFromKnowledge,
  eraseStyle,
  eraseSources,
  eraseFromReplies,
  eraseFromDeliveries,
  eraseFromSuppressions,
  eraseFromCalls,
  eraseFromTrials,
];

/**
 * Erases a contact and all data about the person, except entries of the suppression list. From now on callers do not
 * find the contact; a job erases the rest. Repeating the call continues a job that has failed.
 *
 * @returns the job
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError} for an unknown contact
 */
export async function eraseContact(services: Services, caller: Caller, id: string): Promise<Job> {
  requireAdmin(caller, "erase contacts");
  const { organizationId } = caller;
  const typeId = toTypeId("contact", id);
  const job = await enqueueErasure(services, caller, {
    kind: "ERASE_CONTACT",
    payload: { contactId: id },
    uniqueKey: `erase ${typeId}`,
  }, async (tx) => {
    if (!await beginErasure(tx, organizationId, id)) throw new NotFoundError([typeId]);
  });
  services.bus.publish("contacts", organizationId, [id]);
  return job;
}

/**
 * Erases all data about a contact, in chunks, and finally the contact.
 *
 * @param limit maximum number of rows per chunk
 * @param onChunk called after each chunk with its number of rows; it may throw
 */
export async function eraseContactRows(
  { db, bus }: Services,
  organizationId: string,
  contactId: string,
  limit: number,
  onChunk: (erased: number) => void,
): Promise<void> {
  const person = await findErasing(db, organizationId, contactId);
  if (!person) return;
  let erased: number;
  // Repeated until no row is found, because a message that is being planned may have added rows.
  do {
    erased = 0;
    for (const erase of PERSON_ERASERS) {
      for (let rows = -1; rows !== 0; erased += rows) {
        rows = await erase(db, person, limit);
        onChunk(rows);
      }
    }
  } while (erased > 0);
  await endErasure(db, person);
  bus.publish("deliveries", organizationId, null);
}
