import { Button, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { isFailure, useAction } from "../../kit/action.ts";
import { DeleteOrganization, type OrganizationRow } from "./operations.ts";

/** Deletes an organization once its name was typed. */
export function DeleteForm({ organization: { id, name }, onDeleted }: {
  readonly organization: OrganizationRow;
  /** Called with the id of the job that deletes. */
  readonly onDeleted: (jobId: string) => void;
}) {
  const remove = useAction(DeleteOrganization, (data) => data.deleteOrganization);
  const [typed, setTyped] = useState("");

  async function submit(event: FormEvent) {
    event.preventDefault();
    const result = await remove.run({ id, name: typed });
    if (!isFailure(result)) onDeleted(result.job.id);
  }

  return (
    <form onSubmit={submit} className="danger-zone">
      <Stack gap="xs">
        <h3>Delete this organization</h3>
        <p>
          Its keys are refused at once, its messages are cancelled, and all of its data is deleted.
          This cannot be undone.
        </p>
        <TextInput
          label={`Type “${name}” to confirm`}
          autoComplete="off"
          value={typed}
          error={remove.failure?.issues?.[0]?.message ?? remove.failure?.reason}
          onChange={(event) => setTyped(event.currentTarget.value)}
        />
        <Button
          type="submit"
          className={typed === name ? "danger" : undefined}
          disabled={typed !== name}
          loading={remove.running}
        >
          Delete {name} and all of its data
        </Button>
      </Stack>
    </form>
  );
}
