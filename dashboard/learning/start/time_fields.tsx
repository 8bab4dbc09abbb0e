import { Group, NumberInput, SegmentedControl, TextInput } from "@mantine/core";
import type { StartForm } from "./form.ts";

/** Time and priority of a learning run. */
export function TimeFields({ form: { runAt, priority }, onChange, issueOf }: {
  readonly form: StartForm;
  readonly onChange: (changes: Partial<StartForm>) => void;
  readonly issueOf: (...path: string[]) => string | undefined;
}) {
  return (
    <Group align="flex-end" gap="md">
      <SegmentedControl
        aria-label="Time"
        value={runAt === null ? "now" : "later"}
        onChange={(value) => onChange({ runAt: value === "now" ? null : "" })}
        data={[{ value: "now", label: "Now" }, { value: "later", label: "At a time" }]}
      />
      {runAt !== null && (
        <TextInput
          type="datetime-local"
          label="Start"
          description={Intl.DateTimeFormat().resolvedOptions().timeZone}
          value={runAt}
          error={issueOf("runAt")}
          onChange={(event) => onChange({ runAt: event.currentTarget.value })}
        />
      )}
      <NumberInput
        w={180}
        label="Priority"
        description="-100 to 100, higher goes first"
        min={-100}
        max={100}
        clampBehavior="none"
        value={priority}
        error={issueOf("priority")}
        onChange={(value) => onChange({ priority: value })}
      />
    </Group>
  );
}
