import { Button, Textarea } from "@mantine/core";
import { getHotkeyHandler } from "@mantine/hooks";
import { IconSend } from "@tabler/icons-react";
import { type ReactNode, useRef, useState } from "react";
import { Confirm } from "../../kit/confirm.tsx";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { useKeys } from "../../kit/keys.ts";
import { Difference } from "../../kit/text_difference.tsx";
import type { ThreadDetail } from "../thread_query.ts";
import type { Sending } from "./use_send.ts";

/** Text of a reply with its difference to the suggestion, and the button that sends it. */
export function ReplyEditor({ thread, suggested, text, onChange, sending, notice, children }: {
  readonly thread: ThreadDetail;
  /** Suggested text; empty: none. */
  readonly suggested: string;
  readonly text: string;
  readonly onChange: (text: string) => void;
  readonly sending: Sending;
  /** Failure to save the text. */
  readonly notice?: ReactNode;
  /** State of the text, and actions on it. */
  readonly children: ReactNode;
}) {
  const area = useRef<HTMLTextAreaElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  const [showsChanges, setShowsChanges] = useState(true);
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
        onChange={(event) => onChange(event.currentTarget.value)}
        onKeyDown={getHotkeyHandler([
          ["mod+Enter", sending.send],
          ["Escape", () => area.current?.blur()],
        ])}
      />
      {notice}
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
        {children}
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
