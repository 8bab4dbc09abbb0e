import {
  Button,
  Group,
  Modal,
  NumberInput,
  Select,
  Stack,
  Textarea,
  TextInput,
} from "@mantine/core";
import { useState } from "react";
import { Failure, graphql, type VariablesOf } from "../api/graphql.ts";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { type Problem, ProblemFields } from "./problem_fields.ts";

const IgnoreProblem = graphql(
  `
  mutation IgnoreProblem($id: ID!, $input: IgnoreProblemInput!) {
    ignoreProblem(id: $id, input: $input) {
      __typename
      ... on IgnoreProblemPayload { problem { ...ProblemFields } }
      ...Failure
    }
  }
`,
  [ProblemFields, Failure],
);

type IgnoreInput = VariablesOf<typeof IgnoreProblem>["input"];

const HOUR_MS = 3_600_000;
const AT_TIME = "time";
const PERIODS = [
  { value: "1", label: "For 1 hour" },
  { value: "24", label: "For 24 hours" },
  { value: "168", label: "For 7 days" },
  { value: "720", label: "For 30 days" },
  { value: AT_TIME, label: "Until a time …" },
  { value: "", label: "Without an end" },
];

interface Draft {
  readonly period: string;
  readonly until: string;
  readonly perHour: number | string;
  readonly note: string;
}

const EMPTY: Draft = { period: "24", until: "", perHour: "", note: "" };

/** Dialog that ignores a problem until a time or a rate of failures. */
export function IgnoreDialog({ problem, opened, onClose }: {
  readonly problem: Problem;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const ignore = useAction(IgnoreProblem, (data) => data.ignoreProblem);
  const [draft, setDraft] = useState(EMPTY);
  const change = (changes: Partial<Draft>) => setDraft({ ...draft, ...changes });
  const errorOf = (field: string) =>
    ignore.failure?.issues?.find(({ path }) => path.includes(field))?.message;

  async function run() {
    const done = await ignore.run({ id: problem.id, input: inputOf(draft) });
    if (isFailure(done)) return;
    setDraft(EMPTY);
    onClose();
  }

  return (
    <Modal opened={opened} onClose={onClose} title="Ignore this problem" centered>
      <Stack gap="sm">
        <Select
          label="Ignore it"
          data={PERIODS}
          allowDeselect={false}
          value={draft.period}
          error={draft.period !== AT_TIME && errorOf("until")}
          onChange={(period) => change({ period: period ?? "" })}
        />
        {draft.period === AT_TIME && (
          <TextInput
            type="datetime-local"
            label="Time"
            description={Intl.DateTimeFormat().resolvedOptions().timeZone}
            value={draft.until}
            error={errorOf("until")}
            onChange={(event) => change({ until: event.currentTarget.value })}
          />
        )}
        <NumberInput
          label="Open it again at more than"
          description="failures in one hour; empty: no limit"
          min={1}
          max={1_000_000}
          allowDecimal={false}
          value={draft.perHour}
          error={errorOf("perHour")}
          onChange={(perHour) => change({ perHour })}
        />
        <Textarea
          label="Note"
          description="Optional: the reason to ignore it."
          autosize
          minRows={2}
          maxRows={8}
          maxLength={2_000}
          value={draft.note}
          error={errorOf("note")}
          onChange={(event) => change({ note: event.currentTarget.value })}
        />
        {ignore.failure && <ErrorNotice reason={ignore.failure.reason} />}
        <Group justify="flex-end">
          <Button variant="default" onClick={onClose}>Back</Button>
          <Button
            loading={ignore.running}
            disabled={draft.period === AT_TIME && draft.until === ""}
            onClick={run}
          >
            Ignore
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

function inputOf({ period, until, perHour, note }: Draft): IgnoreInput {
  const end = period === AT_TIME ? Date.parse(until) : Date.now() + Number(period) * HOUR_MS;
  return {
    ...(period !== "" && { until: new Date(end).toISOString() }),
    ...(perHour !== "" && { perHour: Number(perHour) }),
    ...(note.trim() && { note: note.trim() }),
  };
}
