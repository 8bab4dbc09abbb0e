import { Button, Textarea } from "@mantine/core";
import { getHotkeyHandler } from "@mantine/hooks";
import { IconSend } from "@tabler/icons-react";
import { useRef, useState } from "react";
import { useAction } from "../../kit/action.ts";
import { Confirm } from "../../kit/confirm.tsx";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { useKeys } from "../../kit/keys.ts";
import { Difference } from "../../kit/text_difference.tsx";
import { useTyped } from "../../kit/typed.ts";
import { EditSuggestion } from "../operations.ts";
import type { Suggestion, ThreadDetail } from "../thread_query.ts";
import { EditState } from "./edit_state.tsx";
import { RegenerateButton } from "./regenerate_button.tsx";
import { useSend } from "./use_send.ts";

const SAVE_MS = 600;

/** Text of a reply, which is saved as it is typed, with its difference to the suggestion, and sent. */
export function ReplyEditor({ thread, suggestion, onSent }: {
  readonly thread: ThreadDetail;
  /** Null: a reply of its own, which is not saved before it is sent. */
  readonly suggestion: Suggestion | null;
  readonly onSent?: () => void;
}) {
  const edit = useAction(EditSuggestion, (data) => data.editSuggestion);
  const area = useRef<HTMLTextAreaElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [showsChanges, setShowsChanges] = useState(true);
  const suggested = suggestion?.text ?? "";
  const [text, change] = useTyped(suggestion?.editedText ?? suggested, save, SAVE_MS, true);
  const sending = useSend(thread.id, suggestion?.id ?? null, text, onSent ?? (() => {}));

  // A text that was sent cannot be saved any more.
  function save(text: string) {
    if (suggestion && !sending.running && !sending.isSent) {
      void edit.run({ id: suggestion.id, text });
    }
  }

  useKeys([
    ["e", () => area.current?.focus()],
    ["s", () => button.current?.focus()],
    ["mod+Enter", sending.send],
    ["d", () => setShowsChanges(!showsChanges)],
  ]);
  const isChanged = suggested !== "" && text !== suggested;
  return (
    <>
      <Textarea
        ref={area}
        aria-label="Text of the reply"
        placeholder="Write a reply"
        autosize
        minRows={6}
        maxRows={24}
        value={text}
        onChange={(event) => change(event.currentTarget.value)}
        onKeyDown={getHotkeyHandler([
          ["mod+Enter", sending.send],
          ["Escape", () => area.current?.blur()],
        ])}
      />
      {edit.failure && !sending.running && (
        <ErrorNotice title="The text is not saved" reason={edit.failure.reason} />
      )}
      {sending.failure && <ErrorNotice title="Not sent" reason={sending.failure.reason} />}
      <div className="reply-line">
        <Button
          ref={button}
          size="compact-md"
          leftSection={<IconSend size={15} aria-hidden />}
          loading={sending.running}
          disabled={sending.isSent || text.trim() === ""}
          onClick={sending.send}
        >
          {sending.isSent ? "Queued" : `Send to ${thread.replyTo}`}
        </Button>
        {suggestion && <RegenerateButton thread={thread} />}
        {suggestion && (
          <EditState
            suggestion={suggestion}
            isSaving={edit.running}
            onDiscard={() => change(suggested)}
          />
        )}
        {isChanged && (
          <Button
            size="compact-md"
            variant="subtle"
            onClick={() => setShowsChanges(!showsChanges)}
          >
            {showsChanges ? "Hide the changes" : "Show the changes"}
          </Button>
        )}
      </div>
      {isChanged && showsChanges && (
        <section aria-label="Changes to the suggested text" className="reply-changes">
          <Difference before={suggested} after={text} />
        </section>
      )}
      <Confirm question={sending.question} onClose={sending.closeQuestion} />
    </>
  );
}
