import { IconCircleCheck, IconFileText } from "@tabler/icons-react";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Status } from "../kit/status.tsx";
import type { PromptVersion } from "./operations.ts";

/** Whether a version is the active one. */
export function PromptState({ active }: Pick<PromptVersion, "active">) {
  return active
    ? <Status tone="done" icon={IconCircleCheck}>Active</Status>
    : <Status tone="wait" icon={IconFileText}>Not used</Status>;
}

/** Origin of a version: by whom it was saved, or the server. */
export function PromptOrigin({ source, createdAt, createdBy }: PromptVersion) {
  return (
    <span className="dimmed">
      {source === "CODE" ? "of the server, first used" : "saved"} <RelativeTime at={createdAt} />
      {createdBy && ` by ${createdBy}`}
    </span>
  );
}
