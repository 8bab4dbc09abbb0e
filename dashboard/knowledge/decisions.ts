import { createContext } from "react";
import { failureOf, useAction } from "../kit/action.ts";
import type { FactRow } from "./fact_fields.ts";
import { ApproveFacts, DeleteFacts, DismissFacts } from "./operations.ts";

/** Decisions about facts. Each returns the reason of a failure, or null. */
export interface Decisions {
  readonly approve: (facts: readonly FactRow[]) => Promise<string | null>;
  readonly dismiss: (facts: readonly FactRow[]) => Promise<string | null>;
  readonly remove: (facts: readonly FactRow[]) => Promise<string | null>;
  readonly running: "approve" | "dismiss" | "remove" | null;
  /** Reason why the last decision failed. */
  readonly reason: string | null;
}

/** Decision that was made. */
export interface Decided {
  readonly state: "APPROVED" | "DISMISSED";
  /** Facts that it changed, as they were before. */
  readonly facts: readonly FactRow[];
}

/** Receives the decisions of all parts of the page, so that the last one can be undone. */
export const DecidedContext = createContext<(decided: Decided) => void>(() => {});

/** Prepares decisions about one or many facts. */
export function useDecisions(onDecided: (decided: Decided) => void): Decisions {
  const approve = useAction(ApproveFacts, (data) => data.approveFacts);
  const dismiss = useAction(DismissFacts, (data) => data.dismissFacts);
  const remove = useAction(DeleteFacts, (data) => data.deleteFacts);
  const actions = { approve, dismiss, remove };
  const running = (["approve", "dismiss", "remove"] as const)
    .find((name) => actions[name].running) ?? null;

  function clear() {
    for (const action of Object.values(actions)) action.clear();
  }

  async function decide(
    action: typeof approve | typeof dismiss,
    state: Decided["state"],
    facts: readonly FactRow[],
  ) {
    clear();
    const reason = failureOf(await action.run({ ids: idsOf(facts) }));
    const changed = facts.filter((fact) => fact.state !== state);
    if (reason === null && changed.length > 0) onDecided({ state, facts: changed });
    return reason;
  }

  return {
    approve: (facts) => decide(approve, "APPROVED", facts),
    dismiss: (facts) => decide(dismiss, "DISMISSED", facts),
    async remove(facts) {
      clear();
      return failureOf(await remove.run({ ids: idsOf(facts) }));
    },
    running,
    reason: (approve.failure ?? dismiss.failure ?? remove.failure)?.reason ?? null,
  };
}

function idsOf(facts: readonly FactRow[]): string[] {
  return facts.map(({ id }) => id);
}
