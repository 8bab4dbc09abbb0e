import { IconHandStop } from "@tabler/icons-react";
import { useState } from "react";
import { Failure, graphql } from "../api/graphql.ts";
import { ActionButton } from "../kit/action_button.tsx";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { formatNumberOf } from "../kit/format.ts";
import { type BulkAction, BulkActionFields } from "./bulk_action_fields.ts";
import { skippedCount } from "./bulk_action_progress.tsx";

const Abort = graphql(
  `
  mutation AbortBulkAction($id: ID!) {
    abortBulkAction(id: $id) {
      __typename
      ... on AbortBulkActionPayload { bulkAction { ...BulkActionFields } }
      ...Failure
    }
  }
`,
  [BulkActionFields, Failure],
);

/** Button that aborts a running bulk action, after a question; nothing for one that has ended. */
export function AbortBulkAction({ action }: { readonly action: BulkAction }) {
  const abort = useAction(Abort, (data) => data.abortBulkAction);
  const [question, setQuestion] = useState<Question | null>(null);
  const { id, total, done, failedAgain, inProgress } = action;

  function ask() {
    const acted = done + failedAgain + inProgress;
    const spared = Math.max(0, total - acted - skippedCount(action));
    setQuestion({
      title: "Abort the bulk action?",
      body: `${formatNumberOf(spared, "item")} will be left unchanged. ` +
        `What was done to ${formatNumberOf(acted, "item")} is not undone.`,
      action: "Abort",
      danger: true,
      run: async () => failureOf(await abort.run({ id })),
    });
  }

  return (
    <>
      {action.state === "RUNNING" && (
        <ActionButton icon={IconHandStop} onClick={ask}>Abort</ActionButton>
      )}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
