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
  description:
    "Typed error of an operation: `reason` is for people, the type and its codes for programs.",
  fields: (t) => ({
    reason: t.exposeString("message", { description: "Explanation in English." }),
  }),
});

const IssueObject = builder.objectRef<Issue>("Issue").implement({
  description: "One invalid value in the input or the arguments.",
  fields: (t) => ({
    path: t.stringList({
      description:
        'Path from the input, or from the arguments, to the field: ["to", "list", "4711", ' +
        '"address"].',
      resolve: ({ path }) => [...path],
    }),
    code: t.exposeString("code", {
      description: "Stable code for programs: REQUIRED, TOO_LONG, MALFORMED, OUT_OF_RANGE …",
    }),
    message: t.exposeString("message", { description: "Explanation in English." }),
  }),
});

builder.objectType(InvalidInputError, {
  name: "InvalidInputError",
  description: "Invalid input; nothing was written.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    issues: t.field({
      type: [IssueObject],
      description: "All invalid values that were found, at least one.",
      resolve: ({ issues }) => [...issues],
    }),
  }),
});

builder.objectType(NotFoundError, {
  name: "NotFoundError",
  description:
    "Unknown id, or an object that the caller may not see; the two cannot be told apart.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    ids: t.idList({
      description: "Ids that were not found, as the caller sent them.",
      resolve: ({ ids }) => [...ids],
    }),
  }),
});

const ConflictCode = builder.enumType("ConflictCode", {
  description: "Reason why the state of an object does not allow an action.",
  values: {
    ALREADY_FINISHED: { description: "The object has finished." },
    ALREADY_RUNNING: {
      description:
        "The object is in progress, or another unfinished object has the same unique key.",
    },
    NOT_PAUSED: { description: "The message is not PAUSED, so it cannot be resumed." },
    NOT_HELD: { description: "The installation is not on hold, so it cannot be released." },
    NOT_CANCELLABLE: { description: "The state of the object does not allow cancelling it." },
    NOT_STARTABLE: { description: "Jobs of this kind are not started by people." },
    NOT_RETRYABLE: {
      description: "The job waits for a worker, runs or is COMPLETED, so it cannot be retried.",
    },
    NOT_DELETABLE: { description: "The organization is that of the caller." },
    NAME_TAKEN: { description: "The name or idempotency key is in use." },
    CHANGED: { description: "The object has changed since the caller read it." },
    IN_USE: { description: "Other objects still use the object." },
    NOT_CONFIGURED: { description: "A setting of the server that the action needs is missing." },
  },
});

builder.objectType(ConflictError, {
  name: "ConflictError",
  description: "The state of the object does not allow the action.",
  interfaces: [ErrorInterface],
  fields: (t) => ({
    code: t.expose("code", { type: ConflictCode, description: "Stable code for programs." }),
  }),
});

builder.objectType(ForbiddenError, {
  name: "ForbiddenError",
  description: "The role of the caller does not allow the action.",
  interfaces: [ErrorInterface],
});
