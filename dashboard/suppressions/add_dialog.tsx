import { Button, Group, Modal, Select, Stack, Textarea } from "@mantine/core";
import { useState } from "react";
import { type Failure, isFailure, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { formatCount, formatEnum } from "../kit/format.ts";
import { AddSuppressions, type SuppressionReason } from "./operations.ts";
import { ALL_REASONS, REASON_MEANINGS, reasonNamed } from "./reasons.ts";

/** Dialog that adds pasted addresses to the suppression list. */
export function AddDialog({ opened, onClose, onAdded }: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onAdded: () => void;
}) {
  return (
    <Modal opened={opened} onClose={onClose} title="Suppress addresses" centered>
      <AddForm
        onAdded={() => {
          onAdded();
          onClose();
        }}
      />
    </Modal>
  );
}

function AddForm({ onAdded }: { readonly onAdded: () => void }) {
  const add = useAction(AddSuppressions, (data) => data.addSuppressions);
  const [text, setText] = useState("");
  const [reason, setReason] = useState<SuppressionReason>("MANUAL");
  const addresses = [...new Set(text.split(/[\s,;]+/).filter((address) => address !== ""))];

  async function submit() {
    if (!isFailure(await add.run({ input: { addresses, reason } }))) onAdded();
  }

  return (
    <Stack gap="sm">
      {add.failure && !add.failure.issues && <ErrorNotice reason={add.failure.reason} />}
      <Textarea
        label="Email addresses"
        description="Separated by line breaks, commas or spaces; at most 1,000"
        autosize
        minRows={4}
        maxRows={12}
        value={text}
        error={add.failure && faultsOf(add.failure, addresses)}
        onChange={(event) => setText(event.currentTarget.value)}
        data-autofocus
      />
      <Select
        label="Reason"
        description={REASON_MEANINGS[reason]}
        data={ALL_REASONS.map((value) => ({ value, label: formatEnum(value) }))}
        value={reason}
        allowDeselect={false}
        onChange={(value) => setReason(reasonNamed(value) ?? reason)}
      />
      <Group justify="flex-end">
        <Button loading={add.running} disabled={addresses.length === 0} onClick={submit}>
          Suppress {formatCount(addresses.length)}
        </Button>
      </Group>
    </Stack>
  );
}

/** The faults of the first addresses, each with the address it is about. */
function faultsOf({ issues }: Failure, addresses: readonly string[]): string | undefined {
  return issues?.slice(0, 5).map(({ path, message }) => {
    const address = addresses[Number(path.at(-1))];
    return address === undefined ? message : `${address}: ${message}`;
  }).join("; ");
}
