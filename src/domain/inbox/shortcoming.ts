/** Shortcomings of a suggestion, compared with the reply that was sent, with a description for users. */
export const SHORTCOMINGS = {
  MISSING_FACT: "The reply states a fact that the suggestion did not.",
  WRONG_FACT: "The suggestion stated something that the reply corrects.",
  WRONG_COMMITMENT: "The suggestion promised something that the reply does not.",
  TOO_LONG: "The reply is shorter by a third or more.",
  WRONG_TONE: "The reply says the same in another tone.",
  REWRITTEN_WHOLE: "Less than 30 % of the suggestion is left in the reply.",
} as const;

/** Shortcoming of a suggestion, compared with the reply that was sent. */
export type Shortcoming = keyof typeof SHORTCOMINGS;
