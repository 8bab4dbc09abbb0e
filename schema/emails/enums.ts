import { builder } from "../kit/builder.ts";

export const EmailDirection = builder.enumType("EmailDirection", {
  description: "Whether the organization got a mail or sent it.",
  values: {
    INBOUND: { description: "The organization got the mail." },
    OUTBOUND: { description: "The organization sent the mail." },
  },
});

export const EmailKind = builder.enumType("EmailKind", {
  description: "Origin of a mail. A mail gets a reply suggestion if it is PERSON or FORWARD.",
  values: {
    PERSON: { description: "A person wrote it." },
    FORWARD: { description: "A person forwarded the mail of another one." },
    AUTO_REPLY: { description: "A program answered, for example an out-of-office notice." },
    BOUNCE: { description: "A mail server reports that a mail was not delivered." },
    LIST: { description: "A mailing list or a newsletter." },
    OWN: { description: "The sender is an address of the organization." },
  },
});
