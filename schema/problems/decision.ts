import { type ProblemDecision, readDecisions } from "../../src/domain/problems/decisions.ts";
import { builder } from "../kit/builder.ts";
import { batchLoader } from "../kit/loader.ts";
import { ProblemState } from "./enums.ts";

/** New state of a problem. */
export const ProblemDecisionObject = builder.objectRef<ProblemDecision>("ProblemDecision")
  .implement({
    description: "New state of a problem: a decision of a person, or OPEN because it opened again.",
    fields: (t) => ({
      at: t.expose("at", { type: "DateTime", description: "Time of the new state." }),
      state: t.expose("state", { type: ProblemState, description: "New state." }),
      by: t.exposeString("userId", {
        nullable: true,
        description: "User who decided; null for OPEN, or if the caller named no user.",
      }),
      note: t.exposeString("note", { nullable: true, description: "Note for people; null: none." }),
      ignoredUntil: t.expose("until", {
        type: "DateTime",
        nullable: true,
        description: "End of ignoring that was chosen for IGNORED; null: none.",
      }),
      ignoredPerHour: t.exposeInt("perHour", {
        nullable: true,
        description: "Failures in one hour that were chosen to end IGNORED; null: none.",
      }),
    }),
  });

/** Reads the decisions about a problem that the caller may see, latest first; null: none. */
export const decisionsOf = batchLoader(({ services }, ids) => readDecisions(services, ids));
