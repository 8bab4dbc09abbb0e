import { fromTypeId } from "../../src/domain/id.ts";
import { ignoreProblem, resolveProblem } from "../../src/domain/problems/decide.ts";
import type { Problem } from "../../src/domain/problems/problem.ts";
import { builder } from "../kit/builder.ts";
import { ProblemNode } from "./problem.ts";

const ResolveProblemPayload = builder.objectRef<Problem>("ResolveProblemPayload").implement({
  description: "Resolved problem.",
  fields: (t) => ({
    problem: t.field({
      type: ProblemNode,
      description: "Problem, RESOLVED.",
      resolve: (problem) => problem,
    }),
  }),
});

const IgnoreProblemPayload = builder.objectRef<Problem>("IgnoreProblemPayload").implement({
  description: "Ignored problem.",
  fields: (t) => ({
    problem: t.field({
      type: ProblemNode,
      description: "Problem, IGNORED.",
      resolve: (problem) => problem,
    }),
  }),
});

const IgnoreProblemInput = builder.inputType("IgnoreProblemInput", {
  description:
    "End of ignoring a problem: `until` or `perHour`, whichever is reached first; with neither it " +
    "stays IGNORED.",
  fields: (t) => ({
    until: t.field({
      type: "DateTime",
      description: "Time in the future at which the problem becomes OPEN.",
    }),
    perHour: t.int({
      description:
        "Number of failures in one hour, counted from now on, above which the problem becomes OPEN; 1 " +
        "to 1,000,000.",
    }),
    note: t.string({ description: "Note for people, up to 2,000 characters." }),
  }),
});

builder.mutationFields((t) => ({
  resolveProblem: t.field({
    type: ResolveProblemPayload,
    nullable: true,
    errors: {},
    description:
      "Marks a problem as fixed; its next failure opens it again. Retries nothing. ADMIN and OPERATOR " +
      "only, else ForbiddenError.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the problem: prb_…" }),
      note: t.arg.string({ description: "Note for people, up to 2,000 characters." }),
    },
    resolve: (_root, { id, note }, { services, caller }) =>
      resolveProblem(services, caller, fromTypeId("problem", id), note ?? null),
  }),
  ignoreProblem: t.field({
    type: IgnoreProblemPayload,
    nullable: true,
    errors: {},
    description:
      "Hides a problem until a time or a rate of failures. ADMIN and OPERATOR only, else " +
      "ForbiddenError.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the problem: prb_…" }),
      input: t.arg({
        type: IgnoreProblemInput,
        required: true,
        description: "End of ignoring, and a note.",
      }),
    },
    resolve: (_root, { id, input }, { services, caller }) =>
      ignoreProblem(services, caller, fromTypeId("problem", id), input),
  }),
}));
