import { Modal, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { useState } from "react";
import { RecipientsDrop } from "../imports/recipients_drop.tsx";

/** Dialog that imports a file as a new audience, or into an existing one. */
export function ImportDialog({ opened, audience, onClose, onImported }: {
  readonly opened: boolean;
  /** Audience that recipients are added to; absent: a new one. */
  readonly audience?: { readonly id: string; readonly name: string };
  readonly onClose: () => void;
  readonly onImported: (audienceId: string) => void;
}) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title={audience ? `Add recipients to “${audience.name}”` : "Import recipients"}
      size="lg"
      centered
      // A click beside the dialog must not hide the report.
      closeOnClickOutside={false}
    >
      {audience
        ? (
          <>
            <p className="dimmed">
              Addresses that the audience already has stay unchanged and count as duplicates.
            </p>
            <RecipientsDrop audienceId={audience.id} onImported={onImported} />
          </>
        )
        : <NewAudience onImported={onImported} />}
    </Modal>
  );
}

function NewAudience({ onImported }: { readonly onImported: (audienceId: string) => void }) {
  const [name, setName] = useState("");
  const [channel, setChannel] = useState<"EMAIL" | "MESSENGER">("EMAIL");
  return (
    <Stack gap="sm">
      <TextInput
        label="Name (optional)"
        description="Otherwise the name of the file"
        maxLength={200}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        data-autofocus
      />
      <SegmentedControl
        aria-label="Channel"
        value={channel}
        onChange={(value) => setChannel(value === "EMAIL" ? "EMAIL" : "MESSENGER")}
        data={[
          { value: "EMAIL", label: "Email addresses" },
          { value: "MESSENGER", label: "Messenger ids" },
        ]}
      />
      <RecipientsDrop name={name} channel={channel} onImported={onImported} />
    </Stack>
  );
}
