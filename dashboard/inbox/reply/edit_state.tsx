import { Button } from "@mantine/core";
import type { Suggestion } from "../thread_query.ts";

/** State of saving an edit, with a button that returns to the suggested text. */
export function EditState({ suggestion: { editedText, text }, isSaving, onDiscard }: {
  readonly suggestion: Suggestion;
  readonly isSaving: boolean;
  readonly onDiscard: () => void;
}) {
  if (isSaving) return <span className="dimmed">Saving …</span>;
  if (editedText === null) return null;
  return (
    <>
      <span className="dimmed" title="Neither the model nor a new mail replaces this text">
        Saved
      </span>
      {text !== "" && (
        <Button size="compact-md" variant="subtle" onClick={onDiscard}>
          Back to the suggestion
        </Button>
      )}
    </>
  );
}
