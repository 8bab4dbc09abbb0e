import { builder } from "../kit/builder.ts";

export const SuppressionReason = builder.enumType("SuppressionReason", {
  description: "Reason why an address is on the suppression list.",
  values: {
    BOUNCED: { description: "A message bounced permanently because of this address." },
    COMPLAINED: { description: "The recipient reported a message as unwanted." },
    REFUSED: { description: "The receiving server refused the address permanently." },
    UNSUBSCRIBED: {
      description:
        "The recipient unsubscribed: it gets no further `unsubscribable` message, but still all " +
        "other messages.",
    },
    MANUAL: { description: "A person added it." },
  },
});
