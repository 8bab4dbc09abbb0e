import { Checkbox, NumberInput, Select, Stack, Text, Textarea, TextInput } from "@mantine/core";
import { useState } from "react";
import type { FieldIssue } from "../../kit/action.ts";
import { formatCount } from "../../kit/format.ts";
import { formatPayload, parseJson, type Payload, type PayloadField } from "./payload_schema.ts";

/** Form of a payload, with each fault beside its field. */
export function PayloadForm({ fields, payload, onChange, issues }: {
  readonly fields: readonly PayloadField[];
  readonly payload: Payload;
  readonly onChange: (payload: Payload) => void;
  readonly issues: readonly FieldIssue[];
}) {
  function change(name: string, value: unknown) {
    const { [name]: _previous, ...rest } = payload;
    onChange(value === undefined ? rest : { ...payload, [name]: value });
  }

  if (fields.length === 0) {
    return <Text size="sm" className="dimmed">This kind needs no payload.</Text>;
  }
  return (
    <Stack gap="xs">
      {fields.map((field) => (
        <Field
          key={field.name}
          field={field}
          value={payload[field.name]}
          onChange={(value) => change(field.name, value)}
          error={errorOf(issues, field.name)}
        />
      ))}
    </Stack>
  );
}

// A fault inside a nested field says where.
function errorOf(issues: readonly FieldIssue[], name: string): string | undefined {
  const texts = issues.filter(({ path }) => path[0] === name)
    .map(({ path, message }) => [path.slice(1).join("."), message].filter(Boolean).join(": "));
  return texts.length > 0 ? texts.join("; ") : undefined;
}

interface FieldProps {
  readonly field: PayloadField;
  readonly value: unknown;
  /** Undefined removes the field. */
  readonly onChange: (value: unknown) => void;
  readonly error: string | undefined;
}

function Field({ field, value, onChange, error }: FieldProps) {
  const { name, type, required, minimum, maximum, choices } = field;
  const common = { label: name, error, withAsterisk: required, description: hintOf(field) };
  switch (type) {
    case "BOOLEAN":
      return (
        <Checkbox
          label={name}
          error={error}
          description={common.description}
          checked={value === true}
          onChange={(event) => onChange(event.currentTarget.checked)}
        />
      );
    case "NUMBER":
    case "INTEGER":
      return (
        <NumberInput
          {...common}
          allowDecimal={type === "NUMBER"}
          min={minimum}
          max={maximum}
          clampBehavior="none"
          value={typeof value === "number" ? value : ""}
          onChange={(number) => onChange(number === "" ? undefined : Number(number))}
        />
      );
    case "CHOICE":
      return (
        <Select
          {...common}
          data={[...choices]}
          clearable={!required}
          value={typeof value === "string" ? value : null}
          onChange={(choice) => onChange(choice ?? undefined)}
        />
      );
    case "TEXT":
      return (
        <TextInput
          {...common}
          value={typeof value === "string" ? value : ""}
          onChange={(event) => onChange(event.currentTarget.value || undefined)}
        />
      );
    case "JSON":
      return <NestedField {...{ field, value, onChange, error }} />;
  }
}

function NestedField({ field, value, onChange, error }: FieldProps) {
  const [text, setText] = useState(value === undefined ? "" : formatPayload(value));
  const malformed = text !== "" && parseJson(text) === undefined;

  function change(next: string) {
    setText(next);
    const parsed = parseJson(next);
    if (parsed !== undefined || next === "") onChange(parsed);
  }

  return (
    <Textarea
      label={field.name}
      withAsterisk={field.required}
      description={hintOf(field) ?? "JSON"}
      classNames={{ input: "json-input" }}
      autosize
      minRows={3}
      spellCheck={false}
      value={text}
      error={malformed ? "This is not JSON, so it is ignored" : error}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

function hintOf({ description, minimum, maximum }: PayloadField): string | undefined {
  if (description !== null) return description;
  if (minimum !== undefined && maximum !== undefined) {
    return `${formatCount(minimum)} to ${formatCount(maximum)}`;
  }
  return minimum === undefined ? undefined : `At least ${formatCount(minimum)}`;
}
