import { Checkbox, Stack, Textarea, TextInput } from "@mantine/core";
import type { ChangeDraft, Draft } from "./draft.ts";
import { type ChosenTemplate, TemplateField } from "./template_field.tsx";

/** A template, or subject and bodies as Liquid templates; Messenger sends text only. */
export function ContentField({ draft, template, onChange, errorOf }: {
  readonly draft: Draft;
  readonly template: ChosenTemplate | null;
  readonly onChange: ChangeDraft;
  readonly errorOf: (...path: string[]) => string | undefined;
}) {
  const email = draft.channel === "EMAIL";
  return (
    <fieldset>
      <legend>Content</legend>
      <Stack gap="sm">
        <TemplateField
          chosen={template}
          draft={draft}
          onChange={onChange}
          error={errorOf("templateId")}
        />
        {draft.templateId === null && (
          <WrittenContent draft={draft} onChange={onChange} errorOf={errorOf} />
        )}
        {email && (
          <Checkbox
            label="Recipients can unsubscribe"
            description="Adds a one-click link; {{ unsubscribe_url }} places it in the content."
            checked={draft.unsubscribable}
            onChange={(event) => onChange({ unsubscribable: event.currentTarget.checked })}
          />
        )}
      </Stack>
    </fieldset>
  );
}

function WrittenContent({ draft, onChange, errorOf }: {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
  readonly errorOf: (...path: string[]) => string | undefined;
}) {
  return (
    <>
      <TextInput
        label="Subject"
        description="Variables in double braces: News for {{ name }}"
        value={draft.subject}
        error={errorOf("content", "subject")}
        onChange={(event) => onChange({ subject: event.currentTarget.value })}
      />
      <Textarea
        label="Text"
        autosize
        minRows={5}
        maxRows={16}
        value={draft.text}
        error={errorOf("content", "text")}
        onChange={(event) => onChange({ text: event.currentTarget.value })}
      />
      {draft.channel === "EMAIL" && (
        <Textarea
          label="HTML (optional)"
          autosize
          minRows={3}
          maxRows={20}
          value={draft.html}
          error={errorOf("content", "html")}
          onChange={(event) => onChange({ html: event.currentTarget.value })}
        />
      )}
    </>
  );
}
