import { builder } from "../kit/builder.ts";

export const FactState = builder.enumType("FactState", {
  description: "State of a fact.",
  values: {
    PROPOSED: {
      description:
        "Learned, and neither approved nor dismissed yet. Suggested replies use it, marked as " +
        "uncertain.",
    },
    APPROVED: { description: "Approved, corrected or added by a person." },
    DISMISSED: { description: "Dismissed by a person: not used, and not proposed again." },
  },
});

export const FactScopeKind = builder.enumType("FactScopeKind", {
  description: "Kind of the scope of a fact.",
  values: {
    ALL: { description: "All mails." },
    TOPIC: { description: "Mails about a topic." },
    SENDER: { description: "Mails of an address." },
    DOMAIN: { description: "Mails of all addresses of a domain." },
  },
});

export const FactKind = builder.enumType("FactKind", {
  description: "Kind of a fact.",
  values: {
    FACT: { description: "Answer to a question, used for mails that ask it." },
    PREFERENCE: { description: "Style of replies, used for all mails of its scope." },
  },
});

export const FactOrigin = builder.enumType("FactOrigin", {
  description: "Origin of a fact.",
  values: {
    LEARNED: { description: "Learned from mails that the organization has sent." },
    EDIT: { description: "Learned from a person's edit of a suggested reply." },
    ADDED: { description: "Added by a person." },
  },
});
