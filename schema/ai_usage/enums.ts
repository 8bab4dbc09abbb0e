import { AI_CALL_KINDS } from "../../src/domain/ai_usage/call.ts";
import { builder } from "../kit/builder.ts";

export const AiCallKind = builder.enumType("AiCallKind", {
  description: "Purpose of a call of the language model.",
  values: {
    QUOTE: { description: AI_CALL_KINDS.QUOTE },
    REPLY: { description: AI_CALL_KINDS.REPLY },
    LEARNING: { description: AI_CALL_KINDS.LEARNING },
    REVIEW: { description: AI_CALL_KINDS.REVIEW },
    PROMPT_TRIAL: { description: AI_CALL_KINDS.PROMPT_TRIAL },
    EMBEDDING: { description: AI_CALL_KINDS.EMBEDDING },
  },
});

export const AiCallOutcome = builder.enumType("AiCallOutcome", {
  description: "Outcome of a call of the language model.",
  values: {
    SUCCEEDED: { description: "The answer is valid." },
    INVALID_ANSWER: {
      description:
        "The answer does not match the requested format, or failed the checks of the server.",
    },
    FAILED: { description: "The server refused the call, or the connection failed." },
    TIMED_OUT: { description: "The answer was not complete in time." },
    CANCELLED: { description: "The job was cancelled during the call." },
    UNKNOWN: {
      description:
        "The process died during the call. The budget counts the upper bound of its cost.",
    },
  },
});

export const AiPriceSource = builder.enumType("AiPriceSource", {
  description: "Origin of the price of a model.",
  values: {
    LIST: { description: "List price of the vendor, as known to this version of the server." },
    OPERATOR: { description: "Set by `setAiPrice`. It takes precedence over the list price." },
  },
});
