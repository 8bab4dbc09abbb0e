import { IconPencil } from "@tabler/icons-react";
import { useState } from "react";
import { ActionButton } from "../../kit/action_button.tsx";
import type { ThreadDetail } from "../thread_query.ts";
import { useDraft } from "./draft.ts";
import { EndedReply } from "./ended_reply.tsx";
import { OwnReply } from "./own_reply.tsx";
import { RegenerateButton } from "./regenerate_button.tsx";
import { SuggestionEditor } from "./suggestion_editor.tsx";
import { SuggestionHead } from "./suggestion_head.tsx";
import { WritingReply } from "./writing_reply.tsx";

/** The reply to a thread: the suggestion while it is written, its editor, or its outcome. */
export function Reply({ thread }: { readonly thread: ThreadDetail }) {
  return (
    <section aria-label="Reply" className="reply">
      <ReplyPart thread={thread} />
    </section>
  );
}

function ReplyPart({ thread }: { readonly thread: ThreadDetail }) {
  const { suggestion } = thread;
  if (!suggestion || suggestion.outcome !== null) return <FurtherReply thread={thread} />;
  const isWritten = suggestion.status === "WAITING" || suggestion.status === "WRITING";
  return (
    <>
      <SuggestionHead suggestion={suggestion} />
      {isWritten
        ? <WritingReply threadId={thread.id} suggestion={suggestion} />
        : <SuggestionEditor key={suggestion.id} thread={thread} suggestion={suggestion} />}
    </>
  );
}

/** Outcome of the last suggestion, if there is one, and the editor of a reply without a suggestion. */
function FurtherReply({ thread }: { readonly thread: ThreadDetail }) {
  const { suggestion, answered } = thread;
  const [draft] = useDraft(thread.id);
  const [another, setAnother] = useState(false);
  // The editor stays open when its whole text is deleted.
  if (draft !== "" && !another) setAnother(true);
  const showsEditor = another || !answered;
  return (
    <>
      {suggestion ? <EndedReply thread={thread} suggestion={suggestion} /> : (
        <p className="dimmed">
          There is no suggested reply: no mail of a person has arrived in this thread.
        </p>
      )}
      {showsEditor
        ? <OwnReply thread={thread} onClose={() => setAnother(false)} />
        : (
          <div className="reply-line">
            <ActionButton icon={IconPencil} onClick={() => setAnother(true)}>
              Write another reply
            </ActionButton>
            {suggestion && <RegenerateButton thread={thread} />}
          </div>
        )}
    </>
  );
}
