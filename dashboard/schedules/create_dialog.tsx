import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { useJobKinds } from "../jobs/job_kinds.ts";
import { KindSelect } from "../jobs/start/kind_select.tsx";
import { PayloadEditor } from "../jobs/start/payload_editor.tsx";
import { parsePayload, payloadIssues } from "../jobs/start/payload_schema.ts";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { CronFields } from "./cron_fields.tsx";
import { CreateSchedule } from "./operations.ts";

/** Dialog that creates a schedule. */
export function CreateDialog({ opened, onClose, onCreated }: {
  readonly opened: boolean;
  readonly onClose: () => void;
  /** Takes the id of the new schedule. */
  readonly onCreated: (id: string) => void;
}) {
  return (
    <Modal opened={opened} onClose={onClose} title="New schedule" size="lg" centered>
      <CreateForm onClose={onClose} onCreated={onCreated} />
    </Modal>
  );
}

function CreateForm({ onClose, onCreated }: {
  readonly onClose: () => void;
  readonly onCreated: (id: string) => void;
}) {
  const create = useAction(CreateSchedule, (data) => data.createSchedule);
  const known = useJobKinds();
  const [name, setName] = useState("");
  const [kind, setKind] = useState<string | null>(null);
  const [text, setText] = useState("{}");
  const [draft, setDraft] = useState({
    cron: "0 9 * * 1-5",
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
  });
  const kinds = known?.filter(({ startable }) => startable) ?? [];
  const chosen = kinds.find((candidate) => candidate.kind === kind);
  const payload = parsePayload(text);
  const issues = create.failure?.issues ?? [];
  const errorOf = (field: string) => issues.find(({ path }) => path[0] === field)?.message;

  async function submit() {
    if (!chosen || !payload) return;
    const done = await create.run({ input: { name, kind: chosen.kind, payload, ...draft } });
    if (!isFailure(done)) onCreated(done.schedule.id);
  }

  return (
    <Stack gap="sm">
      <TextInput
        label="Name"
        maxLength={100}
        value={name}
        error={errorOf("name")}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <KindSelect kinds={kinds} chosen={chosen} onChange={setKind} />
      {chosen && (
        <PayloadEditor
          schema={chosen.payloadSchema}
          text={text}
          onChange={setText}
          issues={payloadIssues(issues)}
        />
      )}
      <CronFields draft={draft} onChange={setDraft} />
      {create.failure && <ErrorNotice reason={create.failure.reason} />}
      <Group justify="flex-end">
        <Button variant="default" onClick={onClose}>Back</Button>
        <Button
          loading={create.running}
          disabled={!name.trim() || !chosen || !payload}
          onClick={submit}
        >
          Create the schedule
        </Button>
      </Group>
    </Stack>
  );
}
