import { Button, Group, NumberInput, Select } from "@mantine/core";
import { useState } from "react";
import { Failure, graphql } from "../api/graphql.ts";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { MessageFields } from "./message_fields.ts";
import type { MessageDetail } from "./message_query.ts";
import { RETRY_MODES, type RetryMode } from "./retry_options.ts";

const UpdateMessage = graphql(
  `
  mutation UpdateMessage($id: ID!, $input: UpdateMessageInput!) {
    updateMessage(id: $id, input: $input) {
      __typename
      ... on UpdateMessagePayload { message { ...MessageFields } }
      ...Failure
    }
  }
`,
  [MessageFields, Failure],
);

/** Changes how a message is retried; also after its end. */
export function RetrySettings({ message }: { readonly message: MessageDetail }) {
  const update = useAction(UpdateMessage, (data) => data.updateMessage);
  // Only what was changed here, so that changes in other browsers are shown.
  const [draft, setDraft] = useState<{ mode?: RetryMode; maxAttempts?: number }>({});
  const { mode = message.retry.mode, maxAttempts = message.retry.maxAttempts } = draft;
  const changed = mode !== message.retry.mode || maxAttempts !== message.retry.maxAttempts;

  async function save() {
    const done = await update.run({ id: message.id, input: { retry: { mode, maxAttempts } } });
    if (!isFailure(done)) setDraft({});
  }

  return (
    <Group align="end" gap="sm">
      <Select
        label="Retry"
        data={RETRY_MODES.map(({ value, label }) => ({ value, label }))}
        value={mode}
        onChange={(value) =>
          setDraft({
            ...draft,
            mode: RETRY_MODES.find((known) => known.value === value)?.value,
          })}
        allowDeselect={false}
      />
      <NumberInput
        label="Attempts"
        w={90}
        min={1}
        max={10}
        value={maxAttempts}
        allowDecimal={false}
        error={update.issueOf("retry", "maxAttempts")}
        onChange={(value) => setDraft({ ...draft, maxAttempts: Number(value) })}
      />
      <Button
        variant="default"
        disabled={!changed}
        loading={update.running}
        onClick={save}
      >
        Save
      </Button>
      {update.failure && <ErrorNotice reason={update.failure.reason} />}
    </Group>
  );
}
