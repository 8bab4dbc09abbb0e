import { Modal, Text } from "@mantine/core";
import { FileDrop } from "../imports/file_drop.tsx";
import { RefusedRows } from "../imports/refused_rows.tsx";
import type { RefusedRow } from "../imports/upload.ts";
import { formatCount, formatNumberOf } from "../kit/format.ts";

interface ContactsReport {
  readonly added: number;
  readonly updated: number;
  readonly refused: number;
  readonly refusedRows: readonly RefusedRow[];
}

/** Dialog that imports contacts from a file. */
export function ImportDialog({ opened, onClose, onImported }: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onImported: () => void;
}) {
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Import contacts"
      size="lg"
      centered
      // A click beside the dialog must not hide the report.
      closeOnClickOutside={false}
    >
      <p className="dimmed">
        Contacts with a known address are updated. Nothing is sent. The columns “psid” and “vip” are
        fields of the contact.
      </p>
      <FileDrop<ContactsReport>
        hint="It needs a column for the email address; the other columns become variables."
        targetOf={() => ({ path: "/import/contacts", parameters: {} })}
        onImported={onImported}
      >
        {({ added, updated, refused, refusedRows }) => (
          <>
            <Text size="sm">
              {formatNumberOf(added, "contact")} added
              {updated > 0 && `, ${formatCount(updated)} updated`}
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
    </Modal>
  );
}
