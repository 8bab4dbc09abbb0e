import { Button } from "@mantine/core";
import { IconHandStop } from "@tabler/icons-react";
import { useState } from "react";
import { Failure, graphql } from "../api/graphql.ts";
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
      body: `${formatNumberOf(spared, "item")} will be left as they are. ` +
        `The ${formatNumberOf(acted, "item")} that it has acted on are not undone.`,
      action: "Abort",
      danger: true,
      run: async () => failureOf(await abort.run({ id })),
    });
  }

  return (
    <>
      {action.state === "RUNNING" && (
        <Button
          size="compact-md"
          variant="default"
          leftSection={<IconHandStop size={15} />}
          onClick={ask}
        >
          Abort
        </Button>
      )}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
