import { Button } from "@mantine/core";
import { DraftState } from "../draft_mark.tsx";
import { useDraft } from "./draft.ts";

/** The draft of the user below the text of a suggestion, which it can replace; nothing without a draft. */
export function KeptDraft({ threadId, onUse }: {
  readonly threadId: string;
  /** Replaces the text of the suggestion. */
  readonly onUse: (draft: string) => void;
}) {
  const [draft, keep] = useDraft(threadId);
  if (draft === "") return null;
  return (
    <section aria-label="Your draft" className="reply-draft">
      <div className="reply-line">
        <DraftState />
        <Button
          size="compact-md"
          variant="default"
          onClick={() => {
            onUse(draft);
            keep("");
          }}
        >
          Use my draft
        </Button>
        <Button size="compact-md" variant="subtle" onClick={() => keep("")}>
          Discard the draft
        </Button>
      </div>
      <p role="status">
        The reply above was suggested, or changed by another person, while you wrote this text:
      </p>
      <div className="reply-text">{draft}</div>
    </section>
  );
}
