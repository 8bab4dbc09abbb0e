import { Button, Group, Modal, Stack } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { ErrorNotice } from "./error_notice.tsx";

/** A question before an action that cannot be undone. */
export interface Question {
  readonly title: string;
  /** Names the number concerned, and what cannot be undone. */
  readonly body: ReactNode;
  /** Label of the button, with the verb and the number: "Cancel 1,204 deliveries". */
  readonly action: string;
  readonly danger?: boolean;
  /** @returns null when done; else the reason of the failure, which is shown in the dialog */
  readonly run: () => Promise<string | null>;
}

/** Dialog of a question; closed while it is null. */
export function Confirm({ question, onClose }: {
  readonly question: Question | null;
  readonly onClose: () => void;
}) {
  const [running, setRunning] = useState(false);
  const [reason, setReason] = useState<string | null>(null);

  // The answer must not reach a question that is asked later.
  function close() {
    if (!running) leave();
  }

  function leave() {
    setReason(null);
    onClose();
  }

  async function run() {
    if (!question) return;
    setRunning(true);
    setReason(null);
    const failure = await question.run();
    setRunning(false);
    if (failure === null) leave();
    else setReason(failure);
  }

  return (
    <Modal opened={question !== null} onClose={close} title={question?.title} centered>
      <Stack>
        <div>{question?.body}</div>
        {reason && <ErrorNotice reason={reason} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={close} disabled={running} data-autofocus>
            Back
          </Button>
          <Button
            loading={running}
            onClick={run}
            className={question?.danger ? "danger" : undefined}
          >
            {question?.action}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}
