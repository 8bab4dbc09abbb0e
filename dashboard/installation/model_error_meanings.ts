/** Meaning and remedy of each error type of the language model, in the words of the API. */
export const MODEL_ERROR_MEANINGS = {
  ACCESS_TOKEN: {
    meaning: "The language model refuses the API key.",
    remedy: "Replace the API key of the provider; jobs that wait continue automatically.",
  },
  RATE_LIMIT: {
    meaning: "The language model accepts no more requests for now.",
    remedy:
      "Jobs continue automatically. If it happens often, lower the slots of the lane AI or ask the " +
      "vendor for a higher limit.",
  },
  NETWORK: {
    meaning:
      "The language model cannot be reached, did not answer in time, or closed the connection.",
    remedy: "Check that its server works and that OPENAI_BASE_URL is right, then retry.",
  },
  PERMISSION: {
    meaning: "The account may not use the model, or has no credit.",
    remedy:
      "Correct OPENAI_MODEL, or add credit at the vendor; jobs that wait continue automatically.",
  },
  OTHER: {
    meaning: "The language model refused the request.",
    remedy: "Read the text of the error, remove the cause, then retry.",
  },
};
