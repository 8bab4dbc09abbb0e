import { SegmentedControl, TextInput } from "@mantine/core";
import type { ChangeDraft, Draft } from "./draft.ts";

/** Send now, or at a time in the zone of this computer. */
export function WhenField({ draft: { sendAt }, onChange, error }: {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
  readonly error: string | undefined;
}) {
  return (
    <fieldset>
      <legend>When</legend>
      <SegmentedControl
        value={sendAt === null ? "now" : "later"}
        onChange={(value) => onChange({ sendAt: value === "now" ? null : "" })}
        data={[{ value: "now", label: "Send now" }, { value: "later", label: "At a time" }]}
      />
      {sendAt !== null && (
        <TextInput
          mt="sm"
          w={260}
          type="datetime-local"
          label="Time"
          description={Intl.DateTimeFormat().resolvedOptions().timeZone}
          value={sendAt}
          error={error}
          onChange={(event) => onChange({ sendAt: event.currentTarget.value })}
        />
      )}
    </fieldset>
  );
}
