import { Checkbox, Group, SegmentedControl, Select, Stack, TextInput } from "@mantine/core";
import type { ChangeDraft, Draft } from "./draft.ts";

type Part = {
  readonly draft: Draft;
  readonly onChange: ChangeDraft;
  readonly errorOf: (...path: string[]) => string | undefined;
};

const TIMEZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

/** Name, type, trigger and date of a campaign. Type and trigger of an existing one stay. */
export function CampaignFieldset({ isNew, ...part }: Part & { readonly isNew: boolean }) {
  const { draft, onChange, errorOf } = part;
  return (
    <fieldset>
      <legend>Campaign</legend>
      <Stack gap="sm">
        <Group grow align="start">
          <TextInput
            label="Name"
            description="For your own lists; recipients do not see it"
            value={draft.name}
            error={errorOf("name")}
            onChange={(event) => onChange({ name: event.currentTarget.value })}
          />
          <TextInput
            label="Type"
            description="For reports and fair share: welcome, search_engine …"
            readOnly={!isNew}
            value={draft.type}
            error={errorOf("type")}
            onChange={(event) => onChange({ type: event.currentTarget.value })}
          />
        </Group>
        {isNew && (
          <SegmentedControl
            aria-label="Trigger"
            value={draft.trigger}
            data={[
              { value: "SIGNUP", label: "When a contact signs up" },
              { value: "DATE", label: "At a date, to all contacts" },
            ]}
            onChange={(trigger) => onChange({ trigger: trigger === "DATE" ? "DATE" : "SIGNUP" })}
          />
        )}
        {draft.trigger === "DATE" && <DateFields {...part} />}
        {isNew && (
          <Checkbox
            label="Enabled"
            description="Otherwise no contact is enrolled until you enable it."
            checked={draft.enabled}
            onChange={(event) => onChange({ enabled: event.currentTarget.checked })}
          />
        )}
      </Stack>
    </fieldset>
  );
}

function DateFields({ draft, onChange, errorOf }: Part) {
  return (
    <>
      <Group grow align="start">
        <TextInput
          type="datetime-local"
          label="Date and time"
          value={draft.time}
          error={errorOf("localSendAt", "time") ?? errorOf("sendAt")}
          onChange={(event) => onChange({ time: event.currentTarget.value })}
        />
        <Select
          label="Time zone"
          searchable
          allowDeselect={false}
          data={TIMEZONES}
          value={draft.timezone}
          error={errorOf("localSendAt", "timezone")}
          onChange={(timezone) => timezone && onChange({ timezone })}
        />
      </Group>
      <Checkbox
        label="Also to contacts that are added after the date"
        description="They get it within a minute of their sign-up or import."
        checked={draft.sendToLateContacts}
        onChange={(event) => onChange({ sendToLateContacts: event.currentTarget.checked })}
      />
    </>
  );
}
