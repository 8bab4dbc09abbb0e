import type { Organization } from "../access/access.ts";
import { type Connection, statement } from "../../db/database.ts";
import { toTypeId } from "../id.ts";
import { publishSmall } from "../messages/send.ts";
import { insertSmallMessages, type SmallMessage } from "../messages/send_now.ts";
import { deliveryIdOf, singleMail } from "../messages/single_mail.ts";
import type { Recipient } from "../recipients.ts";
import type { Services } from "../services.ts";
import type { TemplateVersion } from "../templates/template.ts";
import { mailTemplate, type QuoteMailType } from "./mail_templates.ts";
import type { Estimate, Quote } from "./quote.ts";

/** The mails of an estimate, ready to be written. */
export interface QuoteMails {
  readonly customer: SmallMessage;
  /** Null: the organization has no address for it. */
  readonly admin: SmallMessage | null;
}

type MailedQuote = Pick<
  Quote,
  "id" | "organizationId" | "customerName" | "customerEmail" | "request"
>;

// Retries are counted by `retryQuoteEmails`, which may allow as many attempts as a message can have.
const MAX_ATTEMPTS = 10;
const NO_ADDRESS = "The organization has no address of its administrators (adminEmail)";

const ATTACH = statement<
  [
    quoteId: string,
    customerDeliveryId: string,
    adminDeliveryId: string | null,
    skipped: string | null,
  ]
>(
  "quoteMails.attach",
  `update quotes set customer_delivery_id = $2, admin_delivery_id = $3, admin_skipped = $4
   where id = $1`,
);

/**
 * Prepares the mails of an estimate, to the customer and to the admin: a message to one recipient each, whose content
 * is the latest version of its template, and whose variables are the estimate. Words of the customer are variables, so
 * that the template escapes them.
 */
export async function prepareMails(
  services: Services,
  organization: Organization,
  quote: MailedQuote,
  estimate: Estimate,
): Promise<QuoteMails> {
  const { organizationId, customerName, customerEmail } = quote;
  const { adminEmail } = organization;
  const variables = {
    organization: organization.name,
    quote: toTypeId("quote", quote.id),
    customer: customerName,
    email: customerEmail,
    request: quote.request,
    ...estimate,
    notes: estimate.notes ?? "",
  };
  const customer = { address: customerEmail, name: customerName, variables };
  const admin = adminEmail === null ? null : { address: adminEmail, name: null, variables };
  return {
    customer: smallMessage(
      quote,
      "quote_customer",
      await mailTemplate(services, organizationId, "quote_customer"),
      customer,
    ),
    admin: admin && smallMessage(
      quote,
      "quote_admin",
      await mailTemplate(services, organizationId, "quote_admin"),
      admin,
    ),
  };
}

/** Writes the mails in the transaction that records the estimate. Call `publishMails` after the commit. */
export async function insertMails(
  tx: Connection,
  quoteId: string,
  { customer, admin }: QuoteMails,
): Promise<void> {
  await insertSmallMessages(tx, admin ? [customer, admin] : [customer]);
  await tx.run(
    ATTACH,
    quoteId,
    deliveryIdOf(customer),
    admin && deliveryIdOf(admin),
    admin ? null : NO_ADDRESS,
  );
}

/** Wakes the workers and publishes the messages. */
export function publishMails(services: Services, { customer, admin }: QuoteMails): void {
  publishSmall(services, customer);
  if (admin) publishSmall(services, admin);
}

function smallMessage(
  { id, organizationId }: MailedQuote,
  type: QuoteMailType,
  { templateId, version, subject, text, html }: TemplateVersion,
  recipient: Recipient,
): SmallMessage {
  return singleMail({
    organizationId,
    userId: null,
    // The id instead of the name, because titles are part of events and outlive the erasure of a contact.
    title: `Quote ${toTypeId("quote", id)}`,
    type,
    subject,
    text,
    html,
    templateId,
    templateVersion: version,
    retryMode: "MANUAL",
    maxAttempts: MAX_ATTEMPTS,
    references: [],
    idempotencyKey: null,
  }, recipient);
}
