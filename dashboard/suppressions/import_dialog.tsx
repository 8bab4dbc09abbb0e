import { Modal, Select, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { FileDrop } from "../imports/file_drop.tsx";
import { RefusedRows } from "../imports/refused_rows.tsx";
import type { RefusedRow } from "../imports/upload.ts";
import { formatCount, formatEnum, formatNumberOf } from "../kit/format.ts";
import { ALL_REASONS } from "./reasons.ts";

interface SuppressionsReport {
  readonly added: number;
  readonly alreadyListed: number;
  readonly refused: number;
  readonly refusedRows: readonly RefusedRow[];
}

/** Dialog that imports the suppression list of another system. */
export function ImportDialog({ opened, onClose, onImported }: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onImported: () => void;
}) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Import from another system"
      size="lg"
      centered
      // A click beside the dialog must not hide the report.
      closeOnClickOutside={false}
    >
      <ImportForm onImported={onImported} />
    </Modal>
  );
}

function ImportForm({ onImported }: { readonly onImported: () => void }) {
  const [reason, setReason] = useState("");
  return (
    <Stack gap="sm">
      <Select
        label="Reason"
        data={[
          { value: "", label: "From the column “reason” of the file" },
          ...ALL_REASONS.map((value) => ({ value, label: `${formatEnum(value)}, for all rows` })),
        ]}
        value={reason}
        allowDeselect={false}
        onChange={(value) => setReason(value ?? "")}
      />
      <FileDrop<SuppressionsReport>
        hint={`It needs a column for the address${reason === "" ? " and one for the reason" : ""}.`}
        targetOf={() => ({ path: "/import/suppressions", parameters: { reason } })}
        onImported={onImported}
      >
        {({ added, alreadyListed, refused, refusedRows }) => (
          <>
            <Text size="sm">
              {formatNumberOf(added, "address", "addresses")} added
              {alreadyListed > 0 && `, ${formatCount(alreadyListed)} already listed`}
              {refused > 0 && `, ${formatNumberOf(refused, "row")} refused:`}
            </Text>
            <RefusedRows
              rows={refusedRows}
              count={refused}
              more="Correct these first, then import the file again."
            />
          </>
        )}
      </FileDrop>
    </Stack>
  );
}
