import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { Secret } from "../kit/secret.tsx";
import { KINDS } from "./kinds.ts";
import { type InboundRoute, SaveInboundSecret } from "./operations.ts";

/** Dialog that saves the secret of an inbound webhook, and shows a generated one once. */
export function SecretDialog({ route, onClose }: {
  readonly route: InboundRoute;
  readonly onClose: () => void;
}) {
  const save = useAction(SaveInboundSecret, (data) => data.saveInboundSecret);
  const [draft, setDraft] = useState("");
  const [generated, setGenerated] = useState<string | null>(null);
  const { kind, secretCreatedAt } = route;
  const { title, secretFrom } = KINDS[kind];
  const issue = save.issueOf("secret");

  async function submit(event: FormEvent) {
    event.preventDefault();
    const done = await save.run({ input: { kind, secret: secretFrom === null ? null : draft } });
    if (isFailure(done)) return;
    if (done.secret === null) onClose();
    else setGenerated(done.secret);
  }

  return (
    <Modal
      opened
      onClose={onClose}
      title={`Secret of “${title}”`}
      centered
      // A click beside the dialog must not lose the secret.
      closeOnClickOutside={generated === null}
    >
      {generated !== null
        ? <Secret secret={generated} onDone={onClose} />
        : (
          <form onSubmit={submit}>
            <Stack>
              {secretCreatedAt !== null && (
                <Text size="sm">
                  The present secret is accepted for another 24 hours, until the sender uses the new
                  one. Delete it first if it must end at once.
                </Text>
              )}
              {secretFrom === null
                ? <Text size="sm">A secret is generated and shown once.</Text>
                : (
                  <TextInput
                    label="Secret"
                    description={secretFrom}
                    autoComplete="off"
                    data-autofocus
                    value={draft}
                    error={issue}
                    onChange={(event) => setDraft(event.currentTarget.value)}
                  />
                )}
              {save.failure && issue === undefined && <ErrorNotice reason={save.failure.reason} />}
              <Group justify="flex-end">
                <Button variant="default" onClick={onClose} disabled={save.running}>Back</Button>
                <Button type="submit" loading={save.running}>
                  {secretFrom === null ? "Generate the secret" : "Save the secret"}
                </Button>
              </Group>
            </Stack>
          </form>
        )}
    </Modal>
  );
}
