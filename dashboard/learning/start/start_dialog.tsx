import { Button, Group, Modal, Stack } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { useState } from "react";
import { useQuery } from "urql";
import { isFailure, useAction } from "../../kit/action.ts";
import { CopyGraphQL } from "../../kit/copy_graphql.tsx";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { formatNumberOf } from "../../kit/format.ts";
import { LearningEstimateQuery, StartEmailLearning } from "../operations.ts";
import { Estimate } from "./estimate.tsx";
import { EMPTY_FORM, inputOf, selectionOf } from "./form.ts";
import { MailsField } from "./mails_field.tsx";
import { TimeFields } from "./time_fields.tsx";

const TYPING_MS = 300;

/** Dialog that starts a learning run: its mails, their number and cost, its time and priority. */
export function StartDialog({ opened, onClose, onStarted }: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onStarted: (runId: string) => void;
}) {
  return (
    <Modal opened={opened} onClose={onClose} title="Learn from sent mails" size="xl" centered>
      <Form onClose={onClose} onStarted={onStarted} />
    </Modal>
  );
}

function Form({ onClose, onStarted }: {
  readonly onClose: () => void;
  readonly onStarted: (runId: string) => void;
}) {
  const [form, setForm] = useState(EMPTY_FORM);
  const start = useAction(StartEmailLearning, (data) => data.startEmailLearning);
  const [settled] = useDebouncedValue(form, TYPING_MS);
  const selection = selectionOf(settled);
  const [{ data, error, fetching }] = useQuery({
    query: LearningEstimateQuery,
    variables: { input: selection },
    requestPolicy: "network-only",
    pause: selection === null,
  });
  const isCurrent = selection !== null && settled === form && !fetching;
  const estimate = isCurrent ? data?.learningEstimate : undefined;
  const count = estimate && estimate.emailCount - estimate.skippedCount;
  const input = inputOf(form);
  const change = (changes: Partial<typeof form>) => setForm({ ...form, ...changes });

  async function run() {
    const started = await start.run({ input });
    if (!isFailure(started)) onStarted(started.learningRun.id);
  }

  return (
    <Stack gap="md">
      <MailsField form={form} onChange={change} issueOf={start.issueOf} />
      <Estimate
        estimate={estimate}
        error={isCurrent ? error : undefined}
        isIncomplete={selectionOf(form) === null}
      />
      <TimeFields form={form} onChange={change} issueOf={start.issueOf} />
      {start.failure && !start.failure.issues && <ErrorNotice reason={start.failure.reason} />}
      <Group justify="flex-end">
        <CopyGraphQL operation={StartEmailLearning} variables={{ input }} />
        <Button variant="default" onClick={onClose}>Back</Button>
        <Button
          disabled={input === null || count === 0}
          loading={start.running}
          onClick={run}
        >
          {count ? `Learn from ${formatNumberOf(count, "mail")}` : "Learn"}
        </Button>
      </Group>
    </Stack>
  );
}
