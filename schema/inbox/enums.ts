import { SHORTCOMINGS } from "../../src/domain/inbox/shortcoming.ts";
import { builder } from "../kit/builder.ts";

export const SuggestionStatus = builder.enumType("SuggestionStatus", {
  description: "State of a suggested reply.",
  values: {
    WAITING: { description: "Its job has not begun, or waits for its next attempt." },
    WRITING: { description: "The language model writes it; `text` grows." },
    READY: { description: "It is complete." },
    FALLBACK: {
      description:
        "The text is from a template, because the model wrote none; see `fallbackReason`.",
    },
    FAILED: { description: "There is no text; see `noDraftReason`." },
    SENT: { description: "It was sent, as it was or edited." },
  },
});

export const SuggestionOutcomeKind = builder.enumType("SuggestionOutcomeKind", {
  description: "Kind of the outcome of a suggested reply.",
  values: {
    SENT_AS_IT_WAS: { description: "It was sent without a change." },
    EDITED: { description: "A person changed it and sent it." },
    ANSWERED_WITHOUT: { description: "The thread was answered with another text." },
    UNUSED: { description: "A newer suggestion replaced it before the thread was answered." },
  },
});

export const Shortcoming = builder.enumType("Shortcoming", {
  description: "Shortcoming of a suggested reply, compared with the reply that was sent.",
  values: {
    MISSING_FACT: { description: SHORTCOMINGS.MISSING_FACT },
    WRONG_FACT: { description: SHORTCOMINGS.WRONG_FACT },
    WRONG_COMMITMENT: { description: SHORTCOMINGS.WRONG_COMMITMENT },
    TOO_LONG: { description: SHORTCOMINGS.TOO_LONG },
    WRONG_TONE: { description: SHORTCOMINGS.WRONG_TONE },
    REWRITTEN_WHOLE: { description: SHORTCOMINGS.REWRITTEN_WHOLE },
  },
});
