import type { Services } from "../services.ts";
import { builtInTemplate } from "../templates/built_in.ts";
import type { TemplateVersion } from "../templates/template.ts";
import adminHtml from "./files/admin.html.liquid" with { type: "text" };
import adminText from "./files/admin.text.liquid" with { type: "text" };
import customerHtml from "./files/customer.html.liquid" with { type: "text" };
import customerText from "./files/customer.text.liquid" with { type: "text" };

/** Type of the messages of quotes, and name of the template of their content. */
export type QuoteMailType = "quote_customer" | "quote_admin";

const DEFAULTS = {
  quote_customer: {
    subject: "Your quote from {{ organization }}",
    text: customerText,
    html: customerHtml,
  },
  quote_admin: {
    subject: "Quote for {{ customer }}: {{ total }} {{ currency }}",
    text: adminText,
    html: adminHtml,
  },
} as const;

/** Whether messages of this type are mails of quotes. */
export function isQuoteMail(type: string): type is QuoteMailType {
  return Object.hasOwn(DEFAULTS, type);
}

/**
 * Returns the latest version of the template of a mail. An organization without a template of this name gets the one
 * of this program, which its ADMINs can change.
 */
export function mailTemplate(
  services: Services,
  organizationId: string,
  type: QuoteMailType,
): Promise<TemplateVersion> {
  return builtInTemplate(services, organizationId, type, DEFAULTS[type]);
}
