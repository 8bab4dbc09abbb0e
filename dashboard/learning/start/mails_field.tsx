import { Checkbox, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { EmailsField } from "./emails_field.tsx";
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
        <EmailsField
          chosen={form.chosen}
          error={issueOf("emailIds")}
          onChange={(chosen) => onChange({ chosen })}
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
