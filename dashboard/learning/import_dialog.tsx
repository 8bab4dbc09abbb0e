import { Button, Group, Modal, Stack, Text, TextInput } from "@mantine/core";
import { useState } from "react";
import { FileDrop, MBOX } from "../imports/file_drop.tsx";
import { RefusedParts } from "../imports/refused_parts.tsx";
import { formatCount, formatNumberOf } from "../kit/format.ts";

/** Report of an import of mails. */
interface EmailsReport {
  readonly added: number;
  readonly known: number;
  /** Number of mails from the addresses of the organization. */
  readonly sent: number;
  readonly refused: number;
  /** The first refused mails. */
  readonly refusedMails: readonly { readonly offset: number; readonly reason: string }[];
}

/** Dialog that imports the mails of an mbox to learn from. */
export function ImportDialog({ opened, onClose, onImported, onLearn }: {
  readonly opened: boolean;
  readonly onClose: () => void;
  readonly onImported: () => void;
  /** Continues to the start of a run. */
  readonly onLearn: () => void;
}) {
  const [own, setOwn] = useState("");
  return (
    <Modal
      opened={opened}
      onClose={onClose}
      title="Import mails to learn from"
      size="lg"
      centered
      // A click beside the dialog must not hide the report.
      closeOnClickOutside={false}
    >
      <Stack gap="sm">
        <Text size="sm" className="dimmed">
          Gmail (“Takeout”), Thunderbird and Apple Mail export an mbox. Its mails do not appear in
          the inbox, and attachments are not stored. Import a file again to add addresses below.
        </Text>
        <TextInput
          label="Addresses from which you have answered (optional)"
          description="Besides the sender of the organization; separated by commas. Only mails from them are learned."
          placeholder="desk@example.com, service@example.com"
          value={own}
          onChange={(event) => setOwn(event.currentTarget.value)}
        />
        <FileDrop<EmailsReport>
          format={MBOX}
          hint="The file may have any size, each mail up to 30 MiB."
          targetOf={() => ({
            path: "/import/emails",
            parameters: { own: own.split(/[\s,;]+/).filter(Boolean).join(",") },
          })}
          onImported={onImported}
        >
          {(report) => <Report report={report} onLearn={onLearn} />}
        </FileDrop>
      </Stack>
    </Modal>
  );
}

function Report({ report, onLearn }: {
  readonly report: EmailsReport;
  readonly onLearn: () => void;
}) {
  const { added, known, sent, refused, refusedMails } = report;
  return (
    <>
      <Text size="sm">
        {formatNumberOf(added, "mail")} imported
        {known > 0 && `, ${formatCount(known)} already known`}
        {refused > 0 && `, ${formatNumberOf(refused, "part")} refused:`}
      </Text>
      <RefusedParts
        parts={refusedMails.map(({ offset, reason }) => ({
          place: `Byte ${formatCount(offset)}`,
          reason,
        }))}
        count={refused}
        more="Correct these first, then import the file again."
      />
      {sent === 0
        ? (
          <Text size="sm" role="alert" className="tone-person">
            None of these mails is from an address of the organization, so nothing can be learned
            from them. Enter the addresses above, then import the file again.
          </Text>
        )
        : (
          <Group justify="flex-end" mt="sm">
            <Button onClick={onLearn}>Learn from sent mails …</Button>
          </Group>
        )}
    </>
  );
}
