import { IconCircleCheck, IconMail } from "@tabler/icons-react";
import { Status } from "../kit/status.tsx";

/** Whether a mail of a person waits for an answer. */
export function AnsweredState({ answered }: { readonly answered: boolean }) {
  return answered
    ? <Status tone="done" icon={IconCircleCheck}>Answered</Status>
    : <Status tone="wait" icon={IconMail}>Unanswered</Status>;
}
