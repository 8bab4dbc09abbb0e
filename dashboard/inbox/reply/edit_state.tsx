import { Button } from "@mantine/core";
import type { Suggestion } from "../thread_query.ts";

/** Whether the text of a person is saved, and the way back to the suggested one. */
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
