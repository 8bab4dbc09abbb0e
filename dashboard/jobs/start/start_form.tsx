import { Button, Group, NumberInput, Stack, TextInput } from "@mantine/core";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { Failure, graphql, type VariablesOf } from "../../api/graphql.ts";
import { isFailure, useAction } from "../../kit/action.ts";
import { CopyGraphQL } from "../../kit/copy_graphql.tsx";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { Id } from "../../kit/links.tsx";
import { JobFields } from "../job_fields.ts";
import type { KindInfo } from "../job_kinds.ts";
import { PayloadEditor } from "./payload_editor.tsx";
import { parsePayload, payloadIssues } from "./payload_schema.ts";

const StartJob = graphql(
  `
  mutation StartJob($input: StartJobInput!) {
    startJob(input: $input) {
      __typename
      ... on StartJobPayload { job { ...JobFields } created }
      ...Failure
    }
  }
`,
  [JobFields, Failure],
);

/** Fields of a new job of a kind. */
export function StartForm({ info }: { readonly info: KindInfo }) {
  const navigate = useNavigate();
  const start = useAction(StartJob, (data) => data.startJob);
  const [text, setText] = useState("{}");
  const [priority, setPriority] = useState(0);
  const [maxAttempts, setMaxAttempts] = useState(info.maxAttempts);
  const [runAt, setRunAt] = useState("");
  const [uniqueKey, setUniqueKey] = useState("");
  const [earlierId, setEarlierId] = useState<string | null>(null);
  const payload = parsePayload(text);
  const issues = payloadIssues(start.failure?.issues);
  const input: VariablesOf<typeof StartJob>["input"] = {
    kind: info.kind,
    payload: payload ?? {},
    priority,
    maxAttempts,
    ...(runAt && { runAt: new Date(runAt).toISOString() }),
    ...(uniqueKey && { uniqueKey }),
  };

  function changeText(next: string) {
    setText(next);
    start.clear();
  }

  async function submit() {
    setEarlierId(null);
    const done = await start.run({ input });
    if (isFailure(done)) return;
    if (done.created) navigate({ to: `/jobs/${done.job.id}` });
    else setEarlierId(done.job.id);
  }

  return (
    <Stack gap="sm">
      <PayloadEditor
        schema={info.payloadSchema}
        text={text}
        onChange={changeText}
        issues={issues}
      />
      <Group align="start">
        <TextInput
          type="datetime-local"
          label="Start at (optional)"
          description={Intl.DateTimeFormat().resolvedOptions().timeZone}
          value={runAt}
          error={start.issueOf("runAt")}
          onChange={(event) => setRunAt(event.currentTarget.value)}
        />
        <NumberInput
          label="Priority"
          description="Higher runs first"
          w={140}
          min={-100}
          max={100}
          allowDecimal={false}
          value={priority}
          error={start.issueOf("priority")}
          onChange={(value) => setPriority(Number(value))}
        />
        <NumberInput
          label="Attempts"
          description="At most"
          w={110}
          min={1}
          max={10}
          allowDecimal={false}
          value={maxAttempts}
          error={start.issueOf("maxAttempts")}
          onChange={(value) => setMaxAttempts(Number(value))}
        />
      </Group>
      <TextInput
        label="Unique key (optional)"
        description="While an unfinished job has this key, no second one starts"
        value={uniqueKey}
        error={start.issueOf("uniqueKey")}
        onChange={(event) => setUniqueKey(event.currentTarget.value)}
      />
      {start.failure && !start.failure.issues && <ErrorNotice reason={start.failure.reason} />}
      <div role="status">
        {earlierId && (
          <>
            No job was started, because this unfinished one has the same unique key:{" "}
            <Id id={earlierId} />
          </>
        )}
      </div>
      <Group>
        <Button loading={start.running} disabled={!payload} onClick={submit}>Start the job</Button>
        <CopyGraphQL operation={StartJob} variables={{ input }} />
      </Group>
    </Stack>
  );
}
