import { IconPlayerPause, IconPlayerPlay, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { Failure, graphql } from "../api/graphql.ts";
import { ActionButton } from "../kit/action_button.tsx";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { formatNumberOf } from "../kit/format.ts";
import { MessageFields } from "./message_fields.ts";
import type { MessageDetail } from "./message_query.ts";

const PauseMessage = graphql(
  `
  mutation PauseMessage($id: ID!) {
    pauseMessage(id: $id) {
      __typename
      ... on PauseMessagePayload { message { ...MessageFields } }
      ...Failure
    }
  }
`,
  [MessageFields, Failure],
);

const ResumeMessage = graphql(
  `
  mutation ResumeMessage($id: ID!) {
    resumeMessage(id: $id) {
      __typename
      ... on ResumeMessagePayload { message { ...MessageFields } }
      ...Failure
    }
  }
`,
  [MessageFields, Failure],
);

const CancelMessage = graphql(
  `
  mutation CancelMessage($id: ID!) {
    cancelMessage(id: $id) {
      __typename
      ... on CancelMessagePayload { message { ...MessageFields } }
      ...Failure
    }
  }
`,
  [MessageFields, Failure],
);

/** Pause, resume and cancel, where the message allows it. */
export function MessageActions({ message }: { readonly message: MessageDetail }) {
  const pause = useAction(PauseMessage, (data) => data.pauseMessage);
  const resume = useAction(ResumeMessage, (data) => data.resumeMessage);
  const cancel = useAction(CancelMessage, (data) => data.cancelMessage);
  const [question, setQuestion] = useState<Question | null>(null);
  const { id, stats, title, canPause, canResume, canCancel } = message;
  const failure = pause.failure ?? resume.failure;

  function askToCancel() {
    const waiting = stats.pending;
    setQuestion({
      title: `Cancel “${title}”?`,
      body: waiting > 0
        ? `It will not be sent to ${formatNumberOf(waiting, "waiting recipient")}. What was sent ` +
          "stays sent. This cannot be undone."
        : "Nothing more of it will be planned or sent. This cannot be undone.",
      action: waiting > 0
        ? `Cancel ${formatNumberOf(waiting, "delivery", "deliveries")}`
        : "Cancel the message",
      danger: true,
      run: async () => failureOf(await cancel.run({ id })),
    });
  }

  return (
    <>
      {failure && <ErrorNotice reason={failure.reason} />}
      {canPause && (
        <ActionButton
          icon={IconPlayerPause}
          running={pause.running}
          onClick={() => pause.run({ id })}
        >
          Pause
        </ActionButton>
      )}
      {canResume && (
        <ActionButton
          icon={IconPlayerPlay}
          primary
          running={resume.running}
          onClick={() => resume.run({ id })}
        >
          Resume
        </ActionButton>
      )}
      {canCancel && <ActionButton icon={IconX} onClick={askToCancel}>Cancel</ActionButton>}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
