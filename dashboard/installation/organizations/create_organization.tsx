import { Button, Group, Modal, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { isFailure, useAction } from "../../kit/action.ts";
import { Secret } from "../../kit/secret.tsx";
import { CreateOrganization as Create } from "./operations.ts";

/** Dialog that creates an organization and shows its first key once. */
export function CreateOrganization({ opened, onClose, onCreated }: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onCreated: () => void;
}) {
  const create = useAction(Create, (data) => data.createOrganization);
  const [name, setName] = useState("");
  const [secret, setSecret] = useState<string | null>(null);

  function close() {
    setSecret(null);
    setName("");
    create.clear();
    onClose();
  }

  async function submit(event: FormEvent) {
    event.preventDefault();
    const created = await create.run({ input: { name } });
    if (isFailure(created)) return;
    setSecret(created.secret);
    onCreated();
  }

  return (
    <Modal
      opened={opened}
      onClose={close}
      title={secret === null ? "Create an organization" : `ADMIN key of ${name}`}
      centered
      // A click beside the dialog must not lose the secret.
      closeOnClickOutside={secret === null}
    >
      {secret === null
        ? (
          <form onSubmit={submit}>
            <Stack gap="sm">
              <TextInput
                label="Name"
                description="Other organizations cannot see its data"
                value={name}
                error={create.failure?.issues?.[0]?.message ?? create.failure?.reason}
                onChange={(event) => setName(event.currentTarget.value)}
                data-autofocus
              />
              <Group justify="flex-end">
                <Button type="submit" loading={create.running}>Create</Button>
              </Group>
            </Stack>
          </form>
        )
        : <Secret secret={secret} onDone={close} />}
    </Modal>
  );
}
