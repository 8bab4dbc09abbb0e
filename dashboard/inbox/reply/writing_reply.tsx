import { useAction } from "../../kit/action.ts";
import { ActionButton } from "../../kit/action_button.tsx";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { useKeys } from "../../kit/keys.ts";
import { IconPencil } from "@tabler/icons-react";
import { DraftState } from "../draft_mark.tsx";
import { EditSuggestion } from "../operations.ts";
import type { Suggestion } from "../thread_query.ts";
import { useDraft } from "./draft.ts";

/** A suggested reply while the model writes it, or has not begun. */
export function WritingReply({ threadId, suggestion: { id, status, text } }: {
  readonly threadId: string;
  readonly suggestion: Suggestion;
}) {
  const [draft] = useDraft(threadId);
  const edit = useAction(EditSuggestion, (data) => data.editSuggestion);
  // The text so far becomes the suggestion, and the job of the model ends.
  const takeOver = () => void edit.run({ id, text });
  useKeys([["e", takeOver]]);
  return (
    <>
      {status === "WAITING" && text === ""
        ? (
          <p className="dimmed">
            The model begins a few seconds after the last mail, or as soon as it is free. If it has
            not begun after 5 minutes, a text from a template takes its place.
          </p>
        )
        : (
          <div className="reply-text" data-writing>
            {text}
            <span className="caret" aria-hidden />
          </div>
        )}
      {draft !== "" && (
        <p className="reply-line">
          <DraftState />
          <span className="dimmed">
            Your text is shown below the suggestion once the suggestion is complete.
          </span>
        </p>
      )}
      {edit.failure && <ErrorNotice reason={edit.failure.reason} />}
      <div className="reply-line">
        <ActionButton icon={IconPencil} running={edit.running} onClick={takeOver}>
          Write it yourself
        </ActionButton>
      </div>
    </>
  );
}
