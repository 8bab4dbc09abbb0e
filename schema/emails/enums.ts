import { builder } from "../kit/builder.ts";

export const EmailDirection = builder.enumType("EmailDirection", {
  description: "Direction of a mail.",
  values: {
    INBOUND: { description: "Received by the organization." },
    OUTBOUND: { description: "Sent by the organization." },
  },
});

export const EmailKind = builder.enumType("EmailKind", {
  description: "Origin of a mail. PERSON and FORWARD mails get a suggested reply.",
  values: {
    PERSON: { description: "A person wrote it." },
    FORWARD: { description: "A person forwarded a mail of another person." },
    AUTO_REPLY: { description: "A program answered, for example an out-of-office notice." },
    BOUNCE: { description: "A mail server reports that a mail was not delivered." },
    LIST: { description: "A mailing list or a newsletter." },
    OWN: { description: "The sender is an address of the organization." },
  },
});
