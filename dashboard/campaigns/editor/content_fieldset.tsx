import { Stack, Textarea, TextInput } from "@mantine/core";
import { type ChosenTemplate, TemplateField } from "../../messages/compose/template_field.tsx";
import type { ChangeDraft, Draft } from "./draft.ts";

/** A template, or subject and bodies as Liquid templates. */
export function ContentFieldset({ draft, template, onChange, errorOf }: {
  readonly draft: Draft;
  readonly template: ChosenTemplate | null;
  readonly onChange: ChangeDraft;
  readonly errorOf: (...path: string[]) => string | undefined;
}) {
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
          <>
            <TextInput
              label="Subject"
              description="Variables of the contact in double braces: Welcome {{ name }}"
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
            <Textarea
              label="HTML (optional)"
              description="{{ unsubscribe_url }} places the unsubscribe link; the mail has one in any case."
              autosize
              minRows={3}
              maxRows={20}
              value={draft.html}
              error={errorOf("content", "html")}
              onChange={(event) => onChange({ html: event.currentTarget.value })}
            />
          </>
        )}
      </Stack>
    </fieldset>
  );
}
