import { SegmentedControl, Stack, Textarea, TextInput } from "@mantine/core";
import type { ChangeDraft, Draft, Format } from "./draft.ts";

const FORMATS: readonly { readonly value: Format; readonly label: string }[] = [
  { value: "MJML", label: "MJML" },
  { value: "HTML", label: "HTML" },
  { value: "TEXT", label: "Text only" },
];

/** Subject, and the body as MJML, HTML or text. */
export function SourceFields({ draft, onChange, errorOf }: {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
  readonly errorOf: (field: string) => string | undefined;
}) {
  const { format } = draft;
  return (
    <fieldset>
      <legend>Content</legend>
      <Stack gap="sm">
        <TextInput
          label="Subject"
          description="Variables in double braces: News for {{ name }}"
          value={draft.subject}
          error={errorOf("subject")}
          onChange={(event) => onChange({ subject: event.currentTarget.value })}
        />
        <SegmentedControl
          aria-label="Format"
          value={format}
          data={[...FORMATS]}
          onChange={(value) => {
            const chosen = FORMATS.find((known) => known.value === value);
            if (chosen) onChange({ format: chosen.value });
          }}
        />
        {format === "MJML" && (
          <Textarea
            label="MJML"
            description="Liquid tags between components must be in <mj-raw>."
            autosize
            minRows={12}
            maxRows={30}
            value={draft.mjml}
            error={errorOf("mjml")}
            onChange={(event) => onChange({ mjml: event.currentTarget.value })}
          />
        )}
        {format === "HTML" && (
          <Textarea
            label="HTML"
            autosize
            minRows={12}
            maxRows={30}
            value={draft.html}
            error={errorOf("html")}
            onChange={(event) => onChange({ html: event.currentTarget.value })}
          />
        )}
        <Textarea
          label={format === "TEXT" ? "Text" : "Text (optional)"}
          description={format === "TEXT" ? undefined : "Generated from the HTML if it is empty"}
          autosize
          minRows={format === "TEXT" ? 12 : 3}
          maxRows={20}
          value={draft.text}
          error={errorOf("text")}
          onChange={(event) => onChange({ text: event.currentTarget.value })}
        />
      </Stack>
    </fieldset>
  );
}
