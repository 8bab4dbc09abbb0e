import { Checkbox, Stack } from "@mantine/core";
import type { ChangeDraft, Draft } from "./draft.ts";
import { type ChosenTemplate, TemplateField } from "./template_field.tsx";
import { WrittenContent } from "./written_content.tsx";

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
          <WrittenContent
            content={draft}
            hasHtml={email}
            subjectHint="Variables in double braces: News for {{ name }}"
            onChange={onChange}
            errorOf={errorOf}
          />
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
