import type { SuppressionReason } from "./suppression.ts";

/** All reasons. */
export const SUPPRESSION_REASONS: readonly SuppressionReason[] = [
  "BOUNCED",
  "COMPLAINED",
  "REFUSED",
  "UNSUBSCRIBED",
  "MANUAL",
];

// Words of other systems: Amazon SES, Brevo, HubSpot, listmonk, Mailchimp, Mailgun, Postmark, SendGrid.
const WORDS: Readonly<Record<string, SuppressionReason>> = {
  bounce: "BOUNCED",
  bounces: "BOUNCED",
  hardbounce: "BOUNCED",
  hardbounces: "BOUNCED",
  hardbounced: "BOUNCED",
  cleaned: "BOUNCED",
  invalid: "BOUNCED",
  complaint: "COMPLAINED",
  complaints: "COMPLAINED",
  spam: "COMPLAINED",
  spamcomplaint: "COMPLAINED",
  spamreport: "COMPLAINED",
  spamreports: "COMPLAINED",
  unsubscribe: "UNSUBSCRIBED",
  unsubscribes: "UNSUBSCRIBED",
  optout: "UNSUBSCRIBED",
  optedout: "UNSUBSCRIBED",
  blocklisted: "MANUAL",
  blacklisted: "MANUAL",
  blocked: "MANUAL",
  suppressed: "MANUAL",
  manualsuppression: "MANUAL",
};

/**
 * Reads a reason as this API or another system writes it: "BOUNCED", "Hard bounce", "spam_report".
 *
 * @returns null for an unknown word
 */
export function parseReason(text: string): SuppressionReason | null {
  const word = text.toLowerCase().replace(/[^a-z]/g, "");
  return SUPPRESSION_REASONS.find((reason) => reason.toLowerCase() === word) ??
    (Object.hasOwn(WORDS, word) ? WORDS[word] ?? null : null);
}
