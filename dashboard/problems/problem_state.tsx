import { IconAlertCircle, IconCircleCheck, IconEyeOff, IconRotate } from "@tabler/icons-react";
import { Status } from "../kit/status.tsx";
import type { Problem, ProblemState } from "./problem_fields.ts";

/** All states of a problem. */
export const PROBLEM_STATES: readonly ProblemState[] = ["OPEN", "RESOLVED", "IGNORED"];

/** True if an open problem was resolved or ignored before. */
export function wasReopened({ state, reopenedAt }: Problem): boolean {
  return state === "OPEN" && reopenedAt !== null;
}

/** State of a problem, with a mark if it opened again. */
export function ProblemStatus({ problem }: { readonly problem: Problem }) {
  if (wasReopened(problem)) return <Status tone="person" icon={IconRotate}>Open again</Status>;
  switch (problem.state) {
    case "OPEN":
      return <Status tone="person" icon={IconAlertCircle}>Open</Status>;
    case "RESOLVED":
      return <Status tone="done" icon={IconCircleCheck}>Resolved</Status>;
    case "IGNORED":
      return <Status tone="wait" icon={IconEyeOff}>Ignored</Status>;
  }
}
