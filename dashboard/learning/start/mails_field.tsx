import { Checkbox, SegmentedControl, Stack, Textarea, TextInput } from "@mantine/core";
import type { StartForm } from "./form.ts";

const CHOICES = [
  { value: "all", label: "All sent" },
  { value: "since", label: "Since a date" },
  { value: "chosen", label: "Chosen" },
] as const satisfies readonly { value: StartForm["mails"]; label: string }[];

/** Choice of the mails to learn from. */
export function MailsField({ form, onChange, issueOf }: {
  readonly form: StartForm;
  readonly onChange: (changes: Partial<StartForm>) => void;
  readonly issueOf: (...path: string[]) => string | undefined;
}) {
  return (
    <Stack gap="xs">
      <SegmentedControl
        aria-label="Mails"
        data={[...CHOICES]}
        value={form.mails}
        onChange={(mails) => onChange({ mails })}
      />
      {form.mails === "since" && (
        <TextInput
          type="date"
          w={200}
          label="Sent on this day or later"
          value={form.since}
          error={issueOf("since")}
          onChange={(event) => onChange({ since: event.currentTarget.value })}
          data-autofocus
        />
      )}
      {form.mails === "chosen" && (
        <Textarea
          label="Ids of the mails"
          description="Up to 1,000 ids, eml_…, separated by spaces or lines"
          classNames={{ input: "json-input" }}
          autosize
          minRows={2}
          maxRows={8}
          spellCheck={false}
          value={form.ids}
          error={issueOf("emailIds")}
          onChange={(event) => onChange({ ids: event.currentTarget.value })}
        />
      )}
      <Checkbox
        label="Learn again from known mails"
        description="Otherwise mails that were learned with the same version of the prompt are skipped"
        checked={form.relearn}
        onChange={(event) => onChange({ relearn: event.currentTarget.checked })}
      />
    </Stack>
  );
}
