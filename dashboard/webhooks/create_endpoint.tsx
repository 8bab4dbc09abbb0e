import { Modal } from "@mantine/core";
import { useState } from "react";
import { isFailure, useAction } from "../kit/action.ts";
import { Secret } from "../kit/secret.tsx";
import { EndpointForm } from "./endpoint_form.tsx";
import { CreateWebhookEndpoint, type WebhookEndpoint } from "./operations.ts";

/** Dialog that creates an endpoint and shows its secret once. */
export function CreateEndpoint({ opened, onClose, onCreated }: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onCreated: (endpoint: WebhookEndpoint) => void;
}) {
  const create = useAction(CreateWebhookEndpoint, (data) => data.createWebhookEndpoint);
  const [secret, setSecret] = useState<string | null>(null);

  function close() {
    setSecret(null);
    create.clear();
    onClose();
  }

  return (
    <Modal
      opened={opened}
      onClose={close}
      title={secret === null ? "Create an endpoint" : "The secret of the endpoint"}
      centered
      // A click beside the dialog must not lose the secret.
      closeOnClickOutside={secret === null}
    >
      {secret === null
        ? (
          <EndpointForm
            initial={{ url: "", events: ["MESSAGE_FINISHED", "DELIVERY_FAILED"] }}
            action="Create"
            running={create.running}
            failure={create.failure}
            onSubmit={async (fields) => {
              const done = await create.run({ input: fields });
              if (isFailure(done)) return;
              setSecret(done.secret);
              onCreated(done.endpoint);
            }}
          />
        )
        : <Secret secret={secret} onDone={close} />}
    </Modal>
  );
}
