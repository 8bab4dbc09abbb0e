import { SegmentedControl, Text, Textarea } from "@mantine/core";
import { RecipientsDrop } from "../../imports/recipients_drop.tsx";
import { formatNumberOf } from "../../kit/format.ts";
import { AudienceSelect } from "./audience_select.tsx";
import { ContactsField } from "./contacts_field.tsx";
import type { ChangeDraft, Draft, RecipientSource } from "./draft.ts";
import { readPasted } from "./pasted.ts";

const SOURCES: readonly { readonly value: RecipientSource; readonly label: string }[] = [
  { value: "paste", label: "Paste" },
  { value: "contacts", label: "Contacts" },
  { value: "audience", label: "Audience or CSV" },
];

/** Recipients: pasted, contacts, of an audience, or of a CSV file, which becomes an audience. */
export function RecipientsField({ draft, onChange, error }: {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
  readonly error: string | undefined;
}) {
  return (
    <fieldset>
      <legend>Recipients</legend>
      <SegmentedControl
        mb="sm"
        value={draft.source}
        onChange={(value) =>
          onChange({ source: SOURCES.find((source) => source.value === value)?.value ?? "paste" })}
        data={[...SOURCES]}
      />
      {draft.source === "paste" && (
        <PastedRecipients draft={draft} onChange={onChange} error={error} />
      )}
      {draft.source === "contacts" && (
        <ContactsField draft={draft} onChange={onChange} error={error} />
      )}
      {draft.source === "audience" && (
        <>
          <AudienceSelect
            value={draft.audienceId}
            channel={draft.channel}
            error={error}
            onChange={(audienceId) => onChange({ audienceId })}
          />
          <RecipientsDrop
            channel={draft.channel}
            onImported={(audienceId) => onChange({ audienceId })}
          />
        </>
      )}
    </fieldset>
  );
}

function PastedRecipients({ draft, onChange, error }: {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
  readonly error: string | undefined;
}) {
  const { all, recipients } = readPasted(draft.pasted);
  const duplicates = all.length - recipients.length;
  return (
    <>
      <Textarea
        label={draft.channel === "EMAIL" ? "Addresses" : "Page-scoped ids"}
        description="One per line: ada@example.com, or Ada Lovelace <ada@example.com>"
        autosize
        minRows={4}
        maxRows={12}
        value={draft.pasted}
        error={error}
        onChange={(event) => onChange({ pasted: event.currentTarget.value })}
      />
      <Text size="sm" mt={4} role="status" className="dimmed">
        {formatNumberOf(recipients.length, "recipient")}
        {duplicates > 0 && `, ${formatNumberOf(duplicates, "duplicate")} left out`}
      </Text>
    </>
  );
}
