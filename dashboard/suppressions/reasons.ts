import type { SuppressionReason } from "./operations.ts";

/** Meaning of each reason, in the order of the chips. */
export const REASON_MEANINGS: Readonly<Record<SuppressionReason, string>> = {
  UNSUBSCRIBED: "The recipient unsubscribed. Messages without an unsubscribe link are still sent.",
  BOUNCED: "A message bounced permanently because of this address.",
  COMPLAINED: "The recipient reported a message as unwanted.",
  REFUSED: "The receiving server refused the address permanently.",
  MANUAL: "A person added it.",
};

/** All reasons. */
export const ALL_REASONS: readonly SuppressionReason[] = [
  "UNSUBSCRIBED",
  "BOUNCED",
  "COMPLAINED",
  "REFUSED",
  "MANUAL",
];

/** The reason of a text; null if it is none. */
export function reasonNamed(text: string | null): SuppressionReason | null {
  return ALL_REASONS.find((reason) => reason === text) ?? null;
}
