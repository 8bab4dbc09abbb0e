import { failureOf, useAction } from "../kit/action.ts";
import type { Row } from "../kit/live_rows.ts";
import { ApproveFacts, DeleteFacts, DismissFacts } from "./operations.ts";

/** Decisions about facts. Each returns the reason of a failure, or null. */
export interface Decisions {
  readonly approve: (facts: readonly Row[]) => Promise<string | null>;
  readonly dismiss: (facts: readonly Row[]) => Promise<string | null>;
  readonly remove: (facts: readonly Row[]) => Promise<string | null>;
  readonly running: "approve" | "dismiss" | "remove" | null;
  /** Reason why the last decision failed. */
  readonly reason: string | null;
}

/** Prepares decisions about one or many facts. */
export function useDecisions(): Decisions {
  const approve = useAction(ApproveFacts, (data) => data.approveFacts);
  const dismiss = useAction(DismissFacts, (data) => data.dismissFacts);
  const remove = useAction(DeleteFacts, (data) => data.deleteFacts);
  const actions = { approve, dismiss, remove };
  const running = (["approve", "dismiss", "remove"] as const)
    .find((name) => actions[name].running) ?? null;

  function clear() {
    for (const action of Object.values(actions)) action.clear();
  }

  return {
    async approve(facts) {
      clear();
      return failureOf(await approve.run({ ids: idsOf(facts) }));
    },
    async dismiss(facts) {
      clear();
      return failureOf(await dismiss.run({ ids: idsOf(facts) }));
    },
    async remove(facts) {
      clear();
      return failureOf(await remove.run({ ids: idsOf(facts) }));
    },
    running,
    reason: (approve.failure ?? dismiss.failure ?? remove.failure)?.reason ?? null,
  };
}

function idsOf(facts: readonly Row[]): string[] {
  return facts.map(({ id }) => id);
}
