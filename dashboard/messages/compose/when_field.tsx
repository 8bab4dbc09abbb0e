import { SegmentedControl, TextInput } from "@mantine/core";
import { useState } from "react";
import type { ChangeDraft, Draft } from "./draft.ts";

/** Send now, or at a time in the zone of this computer. */
export function WhenField({ draft, onChange, error }: {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
  readonly error: string | undefined;
}) {
  const [later, setLater] = useState(draft.sendAt !== "");
  return (
    <fieldset>
      <legend>When</legend>
      <SegmentedControl
        value={later ? "later" : "now"}
        onChange={(value) => {
          setLater(value === "later");
          if (value === "now") onChange({ sendAt: "" });
        }}
        data={[{ value: "now", label: "Send now" }, { value: "later", label: "At a time" }]}
      />
      {later && (
        <TextInput
          mt="sm"
          w={260}
          type="datetime-local"
          label="Time"
          description={Intl.DateTimeFormat().resolvedOptions().timeZone}
          value={draft.sendAt}
          error={error}
          onChange={(event) => onChange({ sendAt: event.currentTarget.value })}
        />
      )}
    </fieldset>
  );
}
