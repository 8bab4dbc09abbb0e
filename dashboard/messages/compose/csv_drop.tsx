import { Progress, Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { useState } from "react";
import { session } from "../../api/session.ts";
import { ErrorNotice } from "../../kit/error_notice.tsx";
import { formatNumberOf } from "../../kit/format.ts";
import { type ImportReport, uploadRecipients } from "./upload.ts";

/** Takes a CSV file, shows the progress of its upload, and the rows that were refused. */
export function CsvDrop({ onImported }: { readonly onImported: (audienceId: string) => void }) {
  const [fraction, setFraction] = useState<number | null>(null);
  const [report, setReport] = useState<ImportReport | null>(null);
  const [reason, setReason] = useState<string | null>(null);

  async function upload(file: File | undefined) {
    const { key } = session.get();
    if (!file || key === null) return;
    setReport(null);
    setReason(null);
    setFraction(0);
    try {
      const imported = await uploadRecipients(file, key, setFraction);
      setReport(imported);
      onImported(imported.audienceId);
    } catch (error) {
      setReason(error instanceof Error ? error.message : String(error));
    }
    setFraction(null);
  }

  return (
    <Stack gap="xs" mt="sm">
      <Dropzone
        multiple={false}
        onDrop={([file]) => upload(file)}
        loading={fraction === 1}
        inputProps={{ "aria-label": "CSV file" }}
        p="sm"
      >
        <Text size="sm" ta="center">
          <IconFileSpreadsheet size={16} aria-hidden />{" "}
          Drop a CSV or NDJSON file, or click to choose one. It needs a column for the address; the
          other columns become variables.
        </Text>
      </Dropzone>
      {fraction !== null && (
        <Progress value={fraction * 100} aria-label="Upload" animated={fraction === 1} />
      )}
      {reason && <ErrorNotice title="The file was refused" reason={reason} />}
      {report && <Report report={report} />}
    </Stack>
  );
}

function Report({ report: { taken, refused, collapsed, refusedRows } }: {
  readonly report: ImportReport;
}) {
  return (
    <div role="status">
      <Text size="sm">
        {formatNumberOf(taken, "recipient")} imported
        {collapsed > 0 && `, ${formatNumberOf(collapsed, "repetition")} left out`}
        {refused > 0 && `, ${formatNumberOf(refused, "row")} refused:`}
      </Text>
      <ul className="refused-rows">
        {refusedRows.slice(0, 10).map(({ line, reason }) => (
          <li key={line}>Line {line}: {reason}</li>
        ))}
      </ul>
      {refused > 10 && <Text size="sm" c="dimmed">The rest is listed with the audience.</Text>}
    </div>
  );
}
