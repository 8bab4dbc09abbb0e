import { SegmentedControl, Stack } from "@mantine/core";
import { useState } from "react";
import type { FieldIssue } from "../../kit/action.ts";
import { PayloadForm } from "./payload_form.tsx";
import { PayloadJson } from "./payload_json.tsx";
import { fieldsOf, formatPayload, parsePayload, type PayloadSchema } from "./payload_schema.ts";

/** Editor of a payload: a form from its schema, or its JSON. Both edit the same text. */
export function PayloadEditor({ schema, text, onChange, issues }: {
  readonly schema: PayloadSchema;
  /** The payload as JSON, perhaps malformed. */
  readonly text: string;
  readonly onChange: (text: string) => void;
  /** Faults that the server found, by paths inside the payload. */
  readonly issues: readonly FieldIssue[];
}) {
  const [wantsJson, setWantsJson] = useState(false);
  const fields = fieldsOf(schema);
  const payload = parsePayload(text);
  // An issue of a field that the form lacks can be mended in the JSON only.
  const inForm = issues.every(({ path: [name] }) => fields.some((field) => field.name === name));
  const showsForm = !wantsJson && payload !== null && inForm;
  return (
    <Stack gap="xs">
      <SegmentedControl
        size="xs"
        aria-label="Editor of the payload"
        className="payload-mode"
        value={showsForm ? "form" : "json"}
        onChange={(value) => setWantsJson(value === "json")}
        data={[
          { value: "form", label: "Form", disabled: payload === null || !inForm },
          { value: "json", label: "JSON" },
        ]}
      />
      {showsForm
        ? (
          <PayloadForm
            fields={fields}
            payload={payload}
            onChange={(changed) => onChange(formatPayload(changed))}
            issues={issues}
          />
        )
        : <PayloadJson text={text} onChange={onChange} issues={issues} />}
    </Stack>
  );
}
