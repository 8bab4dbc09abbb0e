import { z } from "zod";
import { parseSmtpUrl, type SmtpProvider } from "../channels/email/smtp_url.ts";
import { parseList } from "./fields.ts";

/** Mail servers, and the sender of mails. */
export const mail = z.object({
  SMTP_URLS: z.string().transform(parseSmtpUrls).default([]),
  MAIL_FROM: z.string()
    .regex(/^([^<>\p{Cc}]*<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/u, {
      error: "expected an address: name@example.com or Name <name@example.com>",
    })
    .default("waybill@localhost"),
  ADMIN_EMAIL: z.email("expected an address: name@example.com").nullable().default(null),
}).transform(({ SMTP_URLS, MAIL_FROM, ADMIN_EMAIL }) => ({
  mail: {
    /** In order of preference; empty: mail is captured to files. */
    providers: SMTP_URLS,
    from: MAIL_FROM,
    /** Administrators of the first organization; null: it gets no mails for them, unless it has an address of its own. */
    adminEmail: ADMIN_EMAIL,
  },
}));

function parseSmtpUrls(text: string, context: z.RefinementCtx<string>): SmtpProvider[] {
  const providers = parseList(text).flatMap((url): SmtpProvider | never[] => {
    try {
      return parseSmtpUrl(url);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      context.addIssue({ code: "custom", message: error.message });
      return [];
    }
  });
  const names = providers.map(({ name }) => name);
  const duplicate = names.find((name, index) => names.indexOf(name) < index);
  if (duplicate) {
    const message = `${duplicate} is listed twice; list each host and port once`;
    context.addIssue({ code: "custom", message });
  }
  return providers;
}
