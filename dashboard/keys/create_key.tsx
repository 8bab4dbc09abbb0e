import { Button, Group, Modal, Select, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { Secret } from "../kit/secret.tsx";
import { type Role, useViewer } from "../shell/viewer.tsx";
import { CreateApiKey } from "./operations.ts";

const ROLES: readonly { readonly value: Role; readonly label: string }[] = [
  { value: "MEMBER", label: "Member: only what this user started" },
  { value: "ADMIN", label: "Admin: everything of the organization" },
  { value: "OPERATOR", label: "Operator: also the installation" },
];
const LIFETIMES = [
  { value: "", label: "Never" },
  { value: "30", label: "In 30 days" },
  { value: "90", label: "In 90 days" },
  { value: "365", label: "In a year" },
];
const DAY_MS = 86_400_000;

/** Dialog that creates a key and shows its secret once. */
export function CreateKey({ opened, onClose, onCreated }: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onCreated: () => void;
}) {
  const [secret, setSecret] = useState<string | null>(null);

  function close() {
    setSecret(null);
    onClose();
  }

  return (
    <Modal
      opened={opened}
      onClose={close}
      title={secret === null ? "Create an API key" : "The new key"}
      centered
      // A click beside the dialog must not lose the secret.
      closeOnClickOutside={secret === null}
    >
      {secret === null
        ? (
          <KeyForm
            onCreated={(created) => {
              setSecret(created);
              onCreated();
            }}
          />
        )
        : <Secret secret={secret} onDone={close} />}
    </Modal>
  );
}

function KeyForm({ onCreated }: { readonly onCreated: (secret: string) => void }) {
  const viewer = useViewer();
  const create = useAction(CreateApiKey, (data) => data.createApiKey);
  const [name, setName] = useState("");
  const [userId, setUserId] = useState("");
  const [role, setRole] = useState<Role>("MEMBER");
  const [days, setDays] = useState("");
  const roles = ROLES.filter(({ value }) => value !== "OPERATOR" || viewer.role === "OPERATOR");

  async function submit() {
    const done = await create.run({
      input: {
        name,
        role,
        ...(userId && { userId }),
        ...(days && { expiresAt: new Date(Date.now() + Number(days) * DAY_MS).toISOString() }),
      },
    });
    if (!isFailure(done)) onCreated(done.secret);
  }

  return (
    <Stack gap="sm">
      {create.failure && !create.failure.issues && <ErrorNotice reason={create.failure.reason} />}
      <TextInput
        label="Name"
        description="Name of the program or person that uses it"
        value={name}
        error={create.issueOf("name")}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <Select
        label="Role"
        data={[...roles]}
        value={role}
        allowDeselect={false}
        onChange={(value) => setRole(roles.find((known) => known.value === value)?.value ?? role)}
      />
      <TextInput
        label="User (optional)"
        description="A member key sees only what this user started"
        value={userId}
        error={create.issueOf("userId")}
        onChange={(event) => setUserId(event.currentTarget.value)}
      />
      <Select
        label="Expires"
        data={LIFETIMES}
        value={days}
        allowDeselect={false}
        onChange={(value) => setDays(value ?? "")}
      />
      <Group justify="flex-end">
        <Button loading={create.running} onClick={submit}>Create</Button>
      </Group>
    </Stack>
  );
}
