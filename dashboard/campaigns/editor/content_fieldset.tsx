import { Stack } from "@mantine/core";
import { type ChosenTemplate, TemplateField } from "../../messages/compose/template_field.tsx";
import { WrittenContent } from "../../messages/compose/written_content.tsx";
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
          <WrittenContent
            content={draft}
            hasHtml
            subjectHint="Variables of the contact in double braces: Welcome {{ name }}"
            htmlHint="{{ unsubscribe_url }} places the unsubscribe link; the mail has one in any case."
            onChange={onChange}
            errorOf={errorOf}
          />
        )}
      </Stack>
    </fieldset>
  );
}
