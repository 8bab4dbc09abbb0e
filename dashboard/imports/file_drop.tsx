import { Progress, Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { ColumnsField } from "./columns_field.tsx";
import { type ImportTarget, upload } from "./upload.ts";

/** Takes a CSV or NDJSON file, shows the progress of its upload, and the answer of the server. */
export function FileDrop<Report>({ hint, targetOf, onImported, children }: {
  /** Required columns, in words. */
  readonly hint: string;
  readonly targetOf: (file: File) => ImportTarget;
  readonly onImported: (report: Report) => void;
  /** Shows the report. */
  readonly children: (report: Report) => ReactNode;
}) {
  const [fraction, setFraction] = useState<number | null>(null);
  const [report, setReport] = useState<Report | null>(null);
  const [refused, setRefused] = useState<{ file: File; reason: string } | null>(null);

  async function send(file: File | undefined, columns?: string) {
    if (!file) return;
    setReport(null);
    setRefused(null);
    setFraction(0);
    try {
      const { path, parameters } = targetOf(file);
      const imported = await upload<Report>(
        file,
        { path, parameters: { ...parameters, columns } },
        setFraction,
      );
      setReport(imported);
      onImported(imported);
    } catch (error) {
      setRefused({ file, reason: error instanceof Error ? error.message : String(error) });
    }
    setFraction(null);
  }

  return (
    <Stack gap="xs" mt="sm">
      <Dropzone
        multiple={false}
        onDrop={([file]) => send(file)}
        loading={fraction === 1}
        inputProps={{ "aria-label": "CSV or NDJSON file" }}
        p="sm"
      >
        <Text size="sm" ta="center">
          <IconFileSpreadsheet size={16} aria-hidden />{" "}
          Drop a CSV or NDJSON file, or click to choose one. {hint}
        </Text>
      </Dropzone>
      {fraction !== null && (
        <Progress value={fraction * 100} aria-label="Upload" animated={fraction === 1} />
      )}
      {refused && (
        <ColumnsField
          reason={refused.reason}
          onRetry={(columns) => send(refused.file, columns)}
        />
      )}
      {report && <div role="status">{children(report)}</div>}
    </Stack>
  );
}
