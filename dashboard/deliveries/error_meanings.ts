/** Meaning and remedy of each error type, in the words of the API and of docs/failures.md. */
export const ERROR_MEANINGS = {
  ACCESS_TOKEN: {
    meaning:
      "Credentials rejected by the provider; the message is paused unless another provider accepts it.",
    remedy:
      "Replace the credentials of the provider; paused messages continue automatically afterwards.",
  },
  RATE_LIMIT: {
    meaning:
      "Provider or receiving server accepts no more messages for now, or the mailbox is full " +
      "(code MAILBOX_FULL).",
    remedy: "Retry later. If it happens often, lower the rate of the provider or ask it for more.",
  },
  NETWORK: {
    meaning: "Provider unreachable, or the connection broke.",
    remedy: "Check that the provider works and that its host and port are right, then retry.",
  },
  INVALID_RECIPIENT: {
    meaning: "Recipient does not exist or cannot receive.",
    remedy: "Correct the address or remove it from the audience; a retry does not help.",
  },
  PERMISSION: {
    meaning: "Message refused by policy of the provider or of the receiving server.",
    remedy: "Read the text of the error. Check SPF, DKIM and DMARC of the sender's domain, its " +
      "reputation, and the content of the message.",
  },
  OTHER: {
    meaning: "Any other failure; the text of the error describes it.",
    remedy: "Read the text of the error, remove the cause, then retry.",
  },
};
