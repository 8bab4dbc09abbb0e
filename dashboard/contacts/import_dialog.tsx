import { Checkbox, Modal, MultiSelect, Stack, Text } from "@mantine/core";
import { useState } from "react";
import { useQuery } from "urql";
import { FileDrop } from "../imports/file_drop.tsx";
import { RefusedRows } from "../imports/refused_rows.tsx";
import type { RefusedRow } from "../imports/upload.ts";
import { formatCount, formatNumberOf } from "../kit/format.ts";
import { CampaignNamesQuery } from "./operations.ts";

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
  const [received, setReceived] = useState<string[]>([]);
  const [welcome, setWelcome] = useState(false);
  const [{ data }] = useQuery({ query: CampaignNamesQuery, pause: !opened });
  const campaigns = data?.campaigns.nodes ?? [];
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
      <Stack gap="sm">
        <Text size="sm" className="dimmed">
          Contacts with a known address are updated. The columns “psid” and “vip” are fields of the
          contact. Campaigns with a date send to imported contacts, some of them at once.
        </Text>
        <MultiSelect
          label="Campaigns that they have received already"
          description="By another sender, for example. These are not sent to them."
          data={campaigns.map(({ id, name }) => ({ value: id, label: name }))}
          value={received}
          onChange={setReceived}
        />
        <Checkbox
          label="Send the welcome"
          description="The mails of campaigns at sign-up"
          checked={welcome}
          onChange={(event) => setWelcome(event.currentTarget.checked)}
        />
        <FileDrop<ContactsReport>
          hint="It needs a column for the email address; the other columns become variables."
          targetOf={() => ({
            path: "/import/contacts",
            parameters: {
              ...welcome && { welcome: "true" },
              ...received.length > 0 && { received: received.join(",") },
            },
          })}
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
      </Stack>
    </Modal>
  );
}
