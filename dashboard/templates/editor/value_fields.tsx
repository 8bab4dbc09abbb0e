import { SimpleGrid, TextInput } from "@mantine/core";
import { useMemo, useState } from "react";
import { type PreviewResult, unknownVariables } from "../../messages/content/content_preview.ts";

type Values = Readonly<Record<string, string>>;

/** Values that a person types for the variables of a content: as texts, a function to change one, and as variables. */
export function useValues(): [
  Values,
  (name: string, text: string) => void,
  Readonly<Record<string, unknown>>,
] {
  const [values, setValues] = useState<Values>({});
  const variables = useMemo(() => {
    const filled = Object.entries(values).filter(([, text]) => text !== "");
    return Object.fromEntries(filled.map(([name, text]) => [name, valueOf(text)]));
  }, [values]);
  return [
    values,
    (name, text) => setValues((previous) => ({ ...previous, [name]: text })),
    variables,
  ];
}

/** Fields for the values of the variables that a content uses, for its preview and test. */
export function ValueFields({ preview, values, onChange }: {
  readonly preview: PreviewResult | null;
  readonly values: Values;
  readonly onChange: (name: string, text: string) => void;
}) {
  const typed = Object.keys(values).filter((name) => values[name] !== "");
  const names = [...new Set([...typed, ...unknownVariables(preview)])].sort();
  if (names.length === 0) return null;
  return (
    <fieldset>
      <legend>Sample values</legend>
      <SimpleGrid cols={{ base: 1, sm: 2 }} spacing="sm">
        {names.map((name) => (
          <TextInput
            key={name}
            label={name}
            value={values[name] ?? ""}
            onChange={(event) => onChange(name, event.currentTarget.value)}
          />
        ))}
      </SimpleGrid>
    </fieldset>
  );
}

/** Lists and objects as JSON; anything else is a text. */
function valueOf(text: string): unknown {
  if (!/^\s*[[{]/.test(text)) return text;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
