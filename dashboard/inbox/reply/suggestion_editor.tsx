import { useAction } from "../../kit/action.ts";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { useTyped } from "../../kit/typed.ts";
import { EditSuggestion } from "../operations.ts";
import type { Suggestion, ThreadDetail } from "../thread_query.ts";
import { EditState } from "./edit_state.tsx";
import { KeptDraft } from "./kept_draft.tsx";
import { RegenerateButton } from "./regenerate_button.tsx";
import { ReplyEditor } from "./reply_editor.tsx";
import { useSend } from "./use_send.ts";

const SAVE_MS = 600;

/** Editor of a suggested reply, which saves the text as it is typed. */
export function SuggestionEditor({ thread, suggestion }: {
  readonly thread: ThreadDetail;
  readonly suggestion: Suggestion;
}) {
  const { id, editedText, text: suggested } = suggestion;
  const edit = useAction(EditSuggestion, (data) => data.editSuggestion);
  const [text, change] = useTyped(editedText ?? suggested, save, SAVE_MS, true);
  const sending = useSend(thread.id, id, text, () => {});

  // A text that was sent cannot be saved any more.
  function save(text: string) {
    if (!sending.running && !sending.isSent) void edit.run({ id, text });
  }

  return (
    <>
      <ReplyEditor
        thread={thread}
        suggested={suggested}
        text={text}
        onChange={change}
        sending={sending}
        notice={edit.failure && !sending.running && (
          <ErrorNotice title="The text is not saved" reason={edit.failure.reason} />
        )}
      >
        <RegenerateButton thread={thread} />
        <EditState
          suggestion={suggestion}
          isSaving={edit.running}
          onDiscard={() => change(suggested)}
        />
      </ReplyEditor>
      <KeptDraft threadId={thread.id} onUse={change} />
    </>
  );
}
