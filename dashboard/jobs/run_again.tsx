import { Button, Group, Modal, NumberInput, Stack, Text } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Failure, graphql } from "../api/graphql.ts";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { formatEnum } from "../kit/format.ts";
import { JobFields } from "./job_fields.ts";
import type { KindInfo } from "./job_kinds.ts";
import type { JobDetail } from "./job_query.ts";
import { PayloadEditor } from "./start/payload_editor.tsx";
import { formatPayload, parsePayload, payloadIssues } from "./start/payload_schema.ts";

const StartJobAgain = graphql(
  `
  mutation StartJobAgain($id: ID!, $input: StartJobAgainInput) {
    startJobAgain(id: $id, input: $input) {
      __typename
      ... on StartJobAgainPayload { job { ...JobFields } }
      ...Failure
    }
  }
`,
  [JobFields, Failure],
);

/** Dialog that starts a copy of a job, with changes. */
export function RunAgain({ job, info, opened, onClose }: {
  readonly job: JobDetail;
  readonly info: KindInfo;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={`Run ${formatEnum(job.kind)} again`}
      centered
      size="lg"
    >
      <CopyForm job={job} info={info} onDone={onClose} />
    </Modal>
  );
}

function CopyForm({ job, info, onDone }: {
  readonly job: JobDetail;
  readonly info: KindInfo;
  readonly onDone: () => void;
}) {
  const navigate = useNavigate();
  const start = useAction(StartJobAgain, (data) => data.startJobAgain);
  const [text, setText] = useState(formatPayload(job.payload));
  const [priority, setPriority] = useState(job.priority);
  const payload = parsePayload(text);
  const issues = payloadIssues(start.failure?.issues);

  function changeText(next: string) {
    setText(next);
    start.clear();
  }

  async function submit() {
    if (!payload) return;
    const done = await start.run({ id: job.id, input: { payload, priority } });
    if (isFailure(done)) return;
    onDone();
    navigate({ to: `/jobs/${done.job.id}` });
  }

  return (
    <Stack gap="sm">
      <Text size="sm">
        A new job starts with this payload. The old job stays unchanged, and the new one refers to
        it.
      </Text>
      <PayloadEditor
        schema={info.payloadSchema}
        text={text}
        onChange={changeText}
        issues={issues}
      />
      <NumberInput
        label="Priority"
        w={120}
        min={-100}
        max={100}
        allowDecimal={false}
        value={priority}
        onChange={(value) => setPriority(Number(value))}
      />
      {start.failure && issues.length === 0 && <ErrorNotice reason={start.failure.reason} />}
      <Group justify="flex-end">
        <Button loading={start.running} disabled={!payload} onClick={submit}>
          Start the new job
        </Button>
      </Group>
    </Stack>
  );
}
