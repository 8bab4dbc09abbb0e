import { Button, Group, Select, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { isFailure, useAction } from "../../kit/action.ts";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { type OrganizationRow, UpdateOrganization } from "./operations.ts";

const TIMEZONES = ["UTC", ...Intl.supportedValuesOf("timeZone").filter((zone) => zone !== "UTC")];

/** Name, sender and other settings of an organization. */
export function OrganizationForm({ organization, onChanged }: {
  readonly organization: OrganizationRow;
  readonly onChanged?: () => void;
}) {
  const update = useAction(UpdateOrganization, (data) => data.updateOrganization);
  const [draft, setDraft] = useState(() => draftOf(organization));
  const [saved, setSaved] = useState(false);

  function field(name: keyof typeof draft, path: string) {
    return {
      value: draft[name],
      error: update.failure?.issues?.find((issue) => issue.path.join(".") === path)?.message,
      onChange: (event: { readonly currentTarget: { readonly value: string } }) =>
        change(name, event.currentTarget.value),
    };
  }

  function change(name: keyof typeof draft, value: string) {
    setSaved(false);
    setDraft({ ...draft, [name]: value });
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    const result = await update.run({ id: organization.id, input: inputOf(draft) });
    if (isFailure(result)) return;
    setSaved(true);
    onChanged?.();
  }

  return (
    <form onSubmit={submit}>
      <Stack gap="xs">
        <TextInput label="Name" {...field("name", "name")} />
        <TextInput
          label="Sender address"
          description="Empty: MAIL_FROM. Only the operator chooses another domain, for which the mail server must be allowed to send."
          {...field("address", "from.address")}
        />
        <TextInput label="Sender name" {...field("senderName", "from.name")} />
        <TextInput
          label="Replies go to"
          description="Empty: the sender"
          {...field("replyTo", "replyTo")}
        />
        <TextInput label="Address of the administrators" {...field("adminEmail", "adminEmail")} />
        <Select
          label="Time zone"
          searchable
          data={TIMEZONES}
          value={draft.timezone}
          allowDeselect={false}
          onChange={(value) => change("timezone", value ?? "UTC")}
          error={field("timezone", "timezone").error}
        />
        {update.failure && <ErrorNotice reason={update.failure.reason} />}
        <Group justify="flex-end">
          {saved && <span role="status">Saved</span>}
          <Button type="submit" loading={update.running}>Save</Button>
        </Group>
      </Stack>
    </form>
  );
}

function draftOf({ name, from, replyTo, adminEmail, timezone }: OrganizationRow) {
  return {
    name,
    address: from?.address ?? "",
    senderName: from?.name ?? "",
    replyTo: replyTo ?? "",
    adminEmail: adminEmail ?? "",
    timezone,
  };
}

function inputOf({ name, address, senderName, replyTo, adminEmail, timezone }: ReturnType<
  typeof draftOf
>) {
  return {
    name,
    // A name without an address is refused by the server beside the address.
    from: address || senderName ? { address, name: senderName || null } : null,
    replyTo: replyTo || null,
    adminEmail: adminEmail || null,
    timezone,
  };
}
