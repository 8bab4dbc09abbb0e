import { Button } from "@mantine/core";
import { useState } from "react";
import { DraftState } from "../draft_mark.tsx";
import type { ThreadDetail } from "../thread_query.ts";
import { useDraft } from "./draft.ts";
import { ReplyEditor } from "./reply_editor.tsx";
import { useSend } from "./use_send.ts";

/** Editor of a reply without a suggestion. The text is kept as a draft until it is sent. */
export function OwnReply({ thread, onClose }: {
  readonly thread: ThreadDetail;
  /** Called once the reply is queued, or discarded. */
  readonly onClose: () => void;
}) {
  const [draft, keep] = useDraft(thread.id);
  const [text, setText] = useState(draft);
  // If a suggestion ends while it is edited, its editor keeps the text as a draft after this editor has opened.
  if (text === "" && draft !== "") setText(draft);
  const sending = useSend(thread.id, null, text, () => {
    keep("");
    onClose();
  });

  function change(text: string) {
    setText(text);
    keep(text);
  }

  return (
    <ReplyEditor thread={thread} suggested="" text={text} onChange={change} sending={sending}>
      {draft !== "" && (
        <>
          <DraftState />
          <Button
            size="compact-md"
            variant="subtle"
            onClick={() => {
              change("");
              onClose();
            }}
          >
            Discard the draft
          </Button>
        </>
      )}
    </ReplyEditor>
  );
}
