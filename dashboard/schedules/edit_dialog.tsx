import { Button, Group, Modal, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useJobKinds } from "../jobs/job_kinds.ts";
import { PayloadEditor } from "../jobs/start/payload_editor.tsx";
import { formatPayload, parsePayload, payloadIssues } from "../jobs/start/payload_schema.ts";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { CronFields } from "./cron_fields.tsx";
import { UpdateSchedule } from "./operations.ts";
import type { Schedule } from "./schedule_fields.ts";

/** Dialog that changes the ticks and the payload of a schedule. */
export function EditDialog({ schedule, onClose }: {
  readonly schedule: Schedule;
  readonly onClose: () => void;
}) {
  const { id, name, cron, timezone, kind, words } = schedule;
  const update = useAction(UpdateSchedule, (data) => data.updateSchedule);
  const info = useJobKinds()?.find((candidate) => candidate.kind === kind);
  const [draft, setDraft] = useState({ cron: cron ?? "", timezone });
  const [text, setText] = useState(formatPayload(schedule.payload));
  const payload = parsePayload(text);

  async function save() {
    if (!payload) return;
    const ticks = cron === null ? {} : draft;
    const done = await update.run({ id, input: { ...ticks, payload } });
    if (!isFailure(done)) onClose();
  }

  return (
    <Modal opened onClose={onClose} title={`Edit schedule “${name}”`} size="lg" centered>
      <Stack gap="sm">
        {cron === null
          ? (
            <Text size="sm">
              {words}. Its interval is a setting of the processor, which the operator changes.
            </Text>
          )
          : <CronFields draft={draft} onChange={setDraft} />}
        {info && (
          <PayloadEditor
            schema={info.payloadSchema}
            text={text}
            onChange={setText}
            issues={payloadIssues(update.failure?.issues)}
          />
        )}
        {update.failure && <ErrorNotice reason={update.failure.reason} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Back</Button>
          <Button loading={update.running} disabled={!payload} onClick={save}>Save</Button>
        </Group>
      </Stack>
    </Modal>
  );
}
