import {
  listProblems,
  type ProblemFilter as ProblemFilterShape,
} from "../../src/domain/problems/list.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { checkFilter } from "../kit/filter.ts";
import { lookupId } from "../kit/global_id.ts";
import { ProblemSource, ProblemState } from "./enums.ts";
import { ProblemNode } from "./problem.ts";

export const ProblemFilter = builder.inputType("ProblemFilter", {
  description:
    "Filter of problems: all fields must match, within a list any value. Absent or null: no limit; " +
    "an empty list is an InvalidInputError.",
  fields: (t) => ({
    states: t.field({ type: [ProblemState], description: "States of the problem." }),
    sources: t.field({ type: [ProblemSource], description: "Kinds of work that fails." }),
    search: t.string({
      description:
        "Part of the title, error type, code, job kind, channel or provider, case-insensitive.",
    }),
    since: t.field({ type: "DateTime", description: "Failed at this time or later." }),
  }),
});

/**
 * Converts a filter of problems to its domain form.
 *
 * @throws {InvalidInputError} for an empty or too long list
 */
export function problemFilter(
  filter: typeof ProblemFilter.$inferInput | null | undefined,
): ProblemFilterShape {
  return checkFilter(filter);
}

builder.queryFields((t) => ({
  problem: t.field({
    type: ProblemNode,
    nullable: true,
    description: "Problem with this id; null if it does not exist or the caller may not see it.",
    args: { id: t.arg.id({ required: true, description: "Id of the problem: prb_…" }) },
    resolve: (_root, { id }) => lookupId("problem", id),
  }),
  problems: t.connection({
    type: ProblemNode,
    description:
      "Problems of the organization, latest failure first; for the OPERATOR also those of the jobs " +
      "of built-in schedules. ADMIN and OPERATOR only; a MEMBER gets the error FORBIDDEN.",
    args: {
      filter: t.arg({ type: ProblemFilter, description: "Filter of the problems; absent: all." }),
    },
    resolve: (_root, { filter, ...page }, { services, caller }) =>
      listProblems(services, caller, problemFilter(filter), page),
  }, ...connectionNames("Problem")),
}));
