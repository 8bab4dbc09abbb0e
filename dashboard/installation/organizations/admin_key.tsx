import { Button, Modal } from "@mantine/core";
import { IconKey } from "@tabler/icons-react";
import { useState } from "react";
import { failureOf, isFailure, useAction } from "../../kit/action.ts";
import { Confirm, type Question } from "../../kit/confirm.tsx";
import { Secret } from "../../kit/secret.tsx";
import { CreateAdminKey, type OrganizationRow } from "./operations.ts";

/** Creates another ADMIN key of an organization and shows it once. */
export function AdminKey({ organization: { id, name } }: {
  readonly organization: OrganizationRow;
}) {
  const create = useAction(CreateAdminKey, (data) => data.createAdminKey);
  const [question, setQuestion] = useState<Question | null>(null);
  const [secret, setSecret] = useState<string | null>(null);

  function ask() {
    setQuestion({
      title: `Create an ADMIN key of “${name}”?`,
      body:
        "The key can read and change everything of the organization. Its other keys stay valid.",
      action: "Create the key",
      run: async () => {
        const created = await create.run({ organizationId: id });
        if (!isFailure(created)) setSecret(created.secret);
        return failureOf(created);
      },
    });
  }

  return (
    <div>
      <Button variant="default" leftSection={<IconKey size={15} />} onClick={ask}>
        New ADMIN key …
      </Button>
      <Confirm question={question} onClose={() => setQuestion(null)} />
      <Modal
        opened={secret !== null}
        onClose={() => setSecret(null)}
        title={`ADMIN key of ${name}`}
        centered
        closeOnClickOutside={false}
      >
        {secret !== null && <Secret secret={secret} onDone={() => setSecret(null)} />}
      </Modal>
    </div>
  );
}
