import { Textarea, TextInput } from "@mantine/core";

/** Subject and bodies as Liquid templates. */
export interface Written {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** Fields of a content that is not from a template; channels without HTML have no field for it. */
export function WrittenContent({ content, hasHtml, subjectHint, htmlHint, onChange, errorOf }: {
  readonly content: Written;
  readonly hasHtml: boolean;
  readonly subjectHint: string;
  readonly htmlHint?: string;
  readonly onChange: (changes: Partial<Written>) => void;
  readonly errorOf: (...path: string[]) => string | undefined;
}) {
  return (
    <>
      <TextInput
        label="Subject"
        description={subjectHint}
        value={content.subject}
        error={errorOf("content", "subject")}
        onChange={(event) => onChange({ subject: event.currentTarget.value })}
      />
      <Textarea
        label="Text"
        autosize
        minRows={5}
        maxRows={16}
        value={content.text}
        error={errorOf("content", "text")}
        onChange={(event) => onChange({ text: event.currentTarget.value })}
      />
      {hasHtml && (
        <Textarea
          label="HTML (optional)"
          description={htmlHint}
          autosize
          minRows={3}
          maxRows={20}
          value={content.html}
          error={errorOf("content", "html")}
          onChange={(event) => onChange({ html: event.currentTarget.value })}
        />
      )}
    </>
  );
}
