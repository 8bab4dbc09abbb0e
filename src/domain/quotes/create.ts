import { type Connection, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { upsertContacts } from "../contacts/upsert.ts";
import { ConflictError } from "../errors.ts";
import { newId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import type { Services } from "../services.ts";
import { processingJob } from "./enqueue.ts";
import { getQuote } from "./find.ts";
import { addImageUrls } from "./images.ts";
import { checkQuote, type CreateQuoteInput, type NewQuoteFields } from "./input.ts";
import type { Quote } from "./quote.ts";

const INSERT = statement<
  [
    id: string,
    organizationId: string,
    contactId: string,
    customerName: string,
    customerEmail: string,
    request: string,
    idempotencyKey: string | null,
    jobId: string | null,
  ],
  { id: string }
>(
  "quotes.insert",
  `insert into quotes (id, organization_id, contact_id, customer_name, customer_email, request,
     idempotency_key, job_id)
   values ($1, $2, $3, $4, $5, $6, $7, $8)
   on conflict (organization_id, idempotency_key) where idempotency_key is not null do nothing
   returning id`,
);

const FIND_SAME = statement<
  [organizationId: string, idempotencyKey: string],
  { id: string; contactId: string; customerName: string; request: string }
>(
  "quotes.findSame",
  `select id, contact_id as "contactId", customer_name as "customerName", request
   from quotes where organization_id = $1 and idempotency_key = $2`,
);

/**
 * Creates a quote, and its customer as a contact. With `process` its estimate is queued.
 *
 * @returns the quote; `created` is false if the idempotency key belongs to an earlier one, which is returned
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} with every fault; nothing is written then
 * @throws {ConflictError} CHANGED if the key belongs to another request
 */
export async function createQuote(
  services: Services,
  caller: Caller,
  input: CreateQuoteInput,
): Promise<{ quote: Quote; created: boolean }> {
  requireAdmin(caller, "create quotes");
  const fields = await checkQuote(services, input);
  const { organizationId } = caller;
  const jobId = input.process ? newId() : null;
  const { id, contactId, created } = await services.db.transaction(async (tx) => {
    const inserted = await insert(tx, organizationId, fields, jobId);
    if (inserted.created && jobId !== null) {
      const options = { resend: false, userId: caller.userId };
      await enqueueJobs(tx, [processingJob({ id: inserted.id, organizationId }, jobId, options)]);
    }
    return inserted;
  });
  services.bus.publish("contacts", organizationId, [contactId]);
  if (created) services.bus.publish("quotes", organizationId, [id]);
  if (created && jobId !== null) wakeWorkers(services, ["AI"]);
  return { quote: await getQuote(services, caller, id), created };
}

async function insert(
  tx: Connection,
  organizationId: string,
  fields: NewQuoteFields,
  jobId: string | null,
): Promise<{ id: string; contactId: string; created: boolean }> {
  const [contact] = await upsertContacts(tx, organizationId, [fields.contact], false);
  if (!contact) throw new Error("The contact of a quote was not written");
  const { customerName, customerEmail, request, imageUrls, idempotencyKey } = fields;
  const id = newId();
  const [row] = await tx.run(
    INSERT,
    id,
    organizationId,
    contact.id,
    customerName,
    customerEmail,
    request,
    idempotencyKey,
    jobId,
  );
  if (row) {
    await addImageUrls(tx, { id, organizationId }, imageUrls);
    return { id, contactId: contact.id, created: true };
  }
  const [same] = await tx.run(FIND_SAME, organizationId, idempotencyKey ?? "");
  if (!same) throw new Error("The quote of an idempotency key was deleted meanwhile");
  const { contactId } = same;
  if (contactId !== contact.id || same.customerName !== customerName || same.request !== request) {
    throw new ConflictError(
      "CHANGED",
      `Cannot create the quote: the idempotency key ${idempotencyKey} belongs to another request`,
    );
  }
  return { id: same.id, contactId: contact.id, created: false };
}
