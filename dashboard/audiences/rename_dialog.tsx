import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { isFailure, useAction } from "../kit/action.ts";
import { RenameAudience } from "./operations.ts";

/** Dialog that changes the name of an audience. */
export function RenameDialog({ opened, audience, onClose, onRenamed }: {
  readonly opened: boolean;
  readonly audience: { readonly id: string; readonly name: string };
  readonly onClose: () => void;
  readonly onRenamed: () => void;
}) {
  const rename = useAction(RenameAudience, (data) => data.renameAudience);
  const [name, setName] = useState(audience.name);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isFailure(await rename.run({ id: audience.id, name }))) return;
    onClose();
    onRenamed();
  }

  return (
    <Modal opened={opened} onClose={onClose} title="Rename the audience" centered>
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          value={name}
          error={rename.failure && (rename.failure.issues?.[0]?.message ?? rename.failure.reason)}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" mt="md">
          <Button type="submit" loading={rename.running}>Rename</Button>
        </Group>
      </form>
    </Modal>
  );
}
