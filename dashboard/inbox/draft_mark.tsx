import { IconPencil } from "@tabler/icons-react";
import { Status } from "../kit/status.tsx";
import { useDraft } from "./reply/draft.ts";

/** Marks a thread in which the user has written a reply that is not sent. */
export function DraftMark({ threadId }: { readonly threadId: string }) {
  const [draft] = useDraft(threadId);
  if (draft === "") return null;
  return <IconPencil size={13} role="img" aria-label="draft not sent" />;
}

/** State of a reply that is kept in this tab. */
export function DraftState() {
  return (
    <span title="Kept in this tab until you send it, discard it, or sign out">
      <Status tone="wait" icon={IconPencil}>Draft not sent</Status>
    </span>
  );
}
