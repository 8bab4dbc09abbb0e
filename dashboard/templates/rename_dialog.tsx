import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { isFailure, useAction } from "../kit/action.ts";
import { RenameTemplate } from "./operations.ts";

/** Dialog that changes the name of an template. */
export function RenameDialog({ opened, template, onClose, onRenamed }: {
  readonly opened: boolean;
  readonly template: { readonly id: string; readonly name: string };
  readonly onClose: () => void;
  readonly onRenamed: () => void;
}) {
  const rename = useAction(RenameTemplate, (data) => data.renameTemplate);
  const [name, setName] = useState(template.name);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isFailure(await rename.run({ id: template.id, name }))) return;
    onClose();
    onRenamed();
  }

  return (
    <Modal opened={opened} onClose={onClose} title="Rename the template" centered>
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
