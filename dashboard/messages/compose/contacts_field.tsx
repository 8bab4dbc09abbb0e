import { Radio, Stack, Text } from "@mantine/core";
import { useQuery } from "urql";
import { graphql } from "../../api/graphql.ts";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { formatCount, formatNumberOf } from "../../kit/format.ts";
import { ContactPicker } from "./contact_picker.tsx";
import { contactSelectionOf } from "./contact_selection.ts";
import type { ChangeDraft, ContactChoice, Draft } from "./draft.ts";

/** Counts the contacts that a message would be sent to. */
export const ContactReachQuery = graphql(`
  query ContactReach($channel: Channel!, $contacts: ContactSelection!) {
    contactReach(channel: $channel, contacts: $contacts) {
      recipientCount
      withoutAddressCount
      inactiveCount
    }
  }
`);

const CHOICES: readonly { readonly value: ContactChoice; readonly label: string }[] = [
  { value: "all", label: "All active contacts" },
  { value: "vip", label: "Active contacts that are marked as important" },
  { value: "picked", label: "Contacts that you pick" },
];

/** Contacts as recipients: all active ones, the important ones, or some that are picked from a list. */
export function ContactsField({ draft, onChange, error }: {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
  readonly error: string | undefined;
}) {
  return (
    <Stack gap="xs">
      <Radio.Group
        aria-label="Contacts"
        value={draft.contacts}
        onChange={(value) =>
          onChange({
            contacts: CHOICES.find((choice) => choice.value === value)?.value ?? "all",
          })}
      >
        <Stack gap={6}>
          {CHOICES.map(({ value, label }) => <Radio key={value} value={value} label={label} />)}
        </Stack>
      </Radio.Group>
      {draft.contacts === "picked" && (
        <ContactPicker
          ids={draft.contactIds}
          onChange={(contactIds) => onChange({ contactIds })}
        />
      )}
      {error && <ErrorNotice reason={error} />}
      <Reach draft={draft} />
    </Stack>
  );
}

function Reach({ draft }: { readonly draft: Draft }) {
  const contacts = contactSelectionOf(draft);
  const [{ data }] = useQuery({
    query: ContactReachQuery,
    variables: { channel: draft.channel, contacts: contacts ?? { all: true } },
    pause: contacts === null,
    requestPolicy: "network-only",
  });
  if (contacts === null) {
    return <Text size="sm" className="dimmed">Pick at least one contact.</Text>;
  }
  if (!data) return <Text size="sm" className="dimmed">Counting …</Text>;
  const { recipientCount, withoutAddressCount, inactiveCount } = data.contactReach;
  const address = draft.channel === "EMAIL" ? "an email address" : "a psid";
  return (
    <Text size="sm" role="status" className="dimmed">
      {formatNumberOf(recipientCount, "recipient")}
      {withoutAddressCount > 0 && ` · ${formatCount(withoutAddressCount)} without ${address}`}
      {inactiveCount > 0 && ` · ${formatCount(inactiveCount)} unsubscribed or suppressed`}
    </Text>
  );
}
