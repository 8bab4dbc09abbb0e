import { Button, Group, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { type Action, isFailure } from "./action.ts";

/** Dialog that changes the name of an object. */
export function RenameDialog<Result extends object | null>(
  { title, object, action, opened, onClose, onRenamed }: {
    readonly title: string;
    readonly object: { readonly id: string; readonly name: string };
    /** Mutation that renames it. */
    readonly action: Action<{ id: string; name: string }, Result>;
    readonly opened: boolean;
    readonly onClose: () => void;
    readonly onRenamed: () => void;
  },
) {
  const { run, running, failure } = action;
  const [name, setName] = useState(object.name);

  async function submit(event: FormEvent) {
    event.preventDefault();
    if (isFailure(await run({ id: object.id, name }))) return;
    onClose();
    onRenamed();
  }

  return (
    <Modal opened={opened} onClose={onClose} title={title} centered>
      <form onSubmit={submit}>
        <TextInput
          label="Name"
          value={name}
          error={failure && (failure.issues?.[0]?.message ?? failure.reason)}
          onChange={(event) => setName(event.currentTarget.value)}
          data-autofocus
        />
        <Group justify="flex-end" mt="md">
          <Button type="submit" loading={running}>Rename</Button>
        </Group>
      </form>
    </Modal>
  );
}
