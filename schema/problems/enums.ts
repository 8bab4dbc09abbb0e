import { PROBLEM_SOURCES } from "../../src/domain/problems/problem.ts";
import { builder } from "../kit/builder.ts";

export const ProblemSource = builder.enumType("ProblemSource", {
  description: "Kind of work whose failures a problem groups.",
  values: PROBLEM_SOURCES,
});

export const ProblemState = builder.enumType("ProblemState", {
  description: "State of a problem.",
  values: {
    OPEN: {
      description:
        "Needs attention: new, failing again after it was resolved, or no longer ignored.",
    },
    RESOLVED: { description: "Marked as fixed by a person. The next failure opens it again." },
    IGNORED: {
      description: "Hidden by a person, until `ignoredUntil` or until more than `ignoredPerHour` " +
        "failures in one hour.",
    },
  },
});
