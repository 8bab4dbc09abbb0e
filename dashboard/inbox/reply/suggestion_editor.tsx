import { ErrorNotice } from "../../kit/error_notice.tsx";
import type { Suggestion, ThreadDetail } from "../thread_query.ts";
import { EditState } from "./edit_state.tsx";
import { KeptDraft } from "./kept_draft.tsx";
import { RegenerateButton } from "./regenerate_button.tsx";
import { ReplyEditor } from "./reply_editor.tsx";
import { useEdit } from "./use_edit.ts";

/** Editor of a suggested reply, which saves the text as it is typed. */
export function SuggestionEditor({ thread, suggestion }: {
  readonly thread: ThreadDetail;
  readonly suggestion: Suggestion;
}) {
  const { text, change, sending, isSaving, failure } = useEdit(thread.id, suggestion);
  return (
    <>
      <ReplyEditor
        thread={thread}
        suggested={suggestion.text}
        text={text}
        onChange={change}
        sending={sending}
        notice={failure && !sending.running && (
          <ErrorNotice title="The text is not saved" reason={failure.reason} />
        )}
      >
        <RegenerateButton thread={thread} />
        <EditState
          suggestion={suggestion}
          isSaving={isSaving}
          onDiscard={() => change(suggestion.text)}
        />
      </ReplyEditor>
      <KeptDraft threadId={thread.id} onUse={change} />
    </>
  );
}
