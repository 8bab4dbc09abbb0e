import { Button } from "@mantine/core";
import { IconCheck, IconTrash, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { ActionButton } from "../kit/action_button.tsx";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { formatNumberOf } from "../kit/format.ts";
import type { Selection } from "../kit/selection.tsx";
import type { Decisions } from "./decisions.ts";
import type { FactRow } from "./fact_fields.ts";

/** Maximum number of facts of one mutation. */
const MAX_FACTS = 1_000;

/** Actions on the selected facts; nothing if none is selected. */
export function SelectedFacts({ selection, shown, decisions }: {
  readonly selection: Selection<FactRow>;
  /** Rows of the list. */
  readonly shown: readonly FactRow[];
  readonly decisions: Decisions;
}) {
  const [question, setQuestion] = useState<Question | null>(null);
  const facts = [...selection.rows.values()];
  const selectable = shown.slice(0, MAX_FACTS);
  if (facts.length === 0) return null;
  const number = formatNumberOf(facts.length, "fact");

  async function decide(act: (facts: readonly FactRow[]) => Promise<string | null>) {
    const reason = await act(facts);
    if (reason === null) selection.clear();
    return reason;
  }

  function askToDelete() {
    setQuestion({
      title: `Delete ${number}?`,
      body: "They may be learned again from other mails. Dismiss them to prevent that. " +
        "A deleted fact cannot be restored.",
      action: `Delete ${number}`,
      danger: true,
      run: () => decide(decisions.remove),
    });
  }

  return (
    <div className="selected-facts">
      <ActionButton
        icon={IconCheck}
        primary
        running={decisions.running === "approve"}
        onClick={() => void decide(decisions.approve)}
      >
        {`Approve ${number}`}
      </ActionButton>
      <ActionButton
        icon={IconX}
        running={decisions.running === "dismiss"}
        onClick={() => void decide(decisions.dismiss)}
      >
        {`Dismiss ${number}`}
      </ActionButton>
      <ActionButton icon={IconTrash} onClick={askToDelete}>Delete …</ActionButton>
      {selectable.some(({ id }) => !selection.rows.has(id)) && (
        <Button
          size="compact-md"
          variant="subtle"
          onClick={() => selection.add(selectable)}
        >
          {`Select all ${formatNumberOf(selectable.length, "shown fact")}`}
        </Button>
      )}
      <Button size="compact-md" variant="subtle" onClick={selection.clear}>
        Clear the selection
      </Button>
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </div>
  );
}
