import { builder } from "../kit/builder.ts";

export const FactState = builder.enumType("FactState", {
  description: "State of a fact.",
  values: {
    PROPOSED: { description: "Learned, and not decided yet. Suggestions mark it as uncertain." },
    APPROVED: { description: "Approved, corrected or added by a person." },
    DISMISSED: { description: "Dismissed by a person: it is not used, and not proposed again." },
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
    LEARNED: { description: "From mails that the organization has sent." },
    EDIT: { description: "From the change that a person made to a suggested reply." },
    ADDED: { description: "Added by a person." },
  },
});
