import {
  ConflictError,
  DomainError,
  ForbiddenError,
  InvalidInputError,
  type Issue,
  NotFoundError,
} from "../../src/domain/errors.ts";
import { builder } from "./builder.ts";

const ErrorInterface = builder.interfaceRef<DomainError>("Error").implement({
  description: "Why something was not done: for people by `reason`, for programs by the type.",
  fields: (t) => ({
    reason: t.exposeString("message", { description: "For people, in English." }),
  }),
});

const IssueObject = builder.objectRef<Issue>("Issue").implement({
  description: "One fault in what was sent.",
  fields: (t) => ({
    path: t.stringList({
      description:
        'From the input, or the arguments, to the field: ["to", "list", "4711", "address"].',
      resolve: ({ path }) => [...path],
    }),
    code: t.exposeString("code", {
      description: "For programs: REQUIRED, TOO_LONG, MALFORMED, OUT_OF_RANGE …",
    }),
    message: t.exposeString("message", { description: "For people, in English." }),
  }),
});

builder.objectType(InvalidInputError, {
  name: "InvalidInputError",
  description: "What was sent has faults; nothing was written.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.field({
      type: [IssueObject],
      description: "Every fault that was found.",
      resolve: ({ issues }) => [...issues],
    }),
  }),
});

builder.objectType(NotFoundError, {
  name: "NotFoundError",
  description: "There is no such object, or it is not the caller's to see.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    ids: t.idList({ description: "As they were sent.", resolve: ({ ids }) => [...ids] }),
  }),
});

const ConflictCode = builder.enumType("ConflictCode", {
  description: "Why an action does not fit the state that its object is in.",
  values: {
    ALREADY_FINISHED: { description: "It has ended." },
    ALREADY_RUNNING: { description: "It is under way." },
    NOT_PAUSED: { description: "Only what is paused can be resumed." },
    NOT_CANCELLABLE: { description: "It has gone too far, or ended." },
    NOT_RETRYABLE: { description: "It has not failed, or cannot succeed." },
    NAME_TAKEN: { description: "Another one has this name." },
    NOT_CONFIGURED: { description: "A setting that it needs is missing." },
  },
});

builder.objectType(ConflictError, {
  name: "ConflictError",
  description: "The object's state does not allow the action.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    code: t.expose("code", { type: ConflictCode, description: "For programs." }),
  }),
});

builder.objectType(ForbiddenError, {
  name: "ForbiddenError",
  description: "The caller's role does not allow the action.",
  interfaces: [ErrorInterface],
});
