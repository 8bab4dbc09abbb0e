import type { MessageRow } from "./message_fields.ts";

/** Mode of retries of failed deliveries. */
export type RetryMode = MessageRow["retry"]["mode"];

/** Retry modes with their words, in the order of the choice. */
export const RETRY_MODES: readonly { value: RetryMode; label: string; description: string }[] = [
  {
    value: "MANUAL",
    label: "Off (manual)",
    description: "You retry failed recipients yourself: all, some, or those of one error type.",
  },
  {
    value: "AUTO",
    label: "Automatic, at once",
    description: "As soon as the first pass ends, or later if the server asked to wait.",
  },
  {
    value: "CRON",
    label: "Scheduled",
    description: "Every 15 minutes, until all have succeeded or no attempt is left.",
  },
];

/** Recommended retry mode by scenario. */
export const METHOD_HINTS: readonly (readonly [scenario: string, method: string])[] = [
  ["One-time campaign", "Manual"],
  ["Important, urgent messages", "Automatic, at once"],
  ["Long-running campaigns", "Scheduled"],
  ["Access token issues", "Scheduled, which gives time to replace the token"],
  ["Rate limiting", "Scheduled, which spreads the retries over time"],
];

/** Recommended number of attempts by priority. */
export const ATTEMPT_HINTS: readonly (readonly [priority: string, attempts: string])[] = [
  ["Low priority (newsletters)", "1–2"],
  ["Medium priority (updates)", "3 (default)"],
  ["High priority (critical alerts)", "5–10"],
];
