import { Progress, Stack, Text } from "@mantine/core";
import { Dropzone } from "@mantine/dropzone";
import { type Icon, IconFileSpreadsheet, IconMailbox } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { ColumnsField } from "./columns_field.tsx";
import { type ImportTarget, upload } from "./upload.ts";

/** Format of files that are taken. */
export interface FileFormat {
  /** With its article: "a CSV file". */
  readonly name: string;
  readonly icon: Icon;
  readonly contentTypeOf: (file: File) => string;
  /** Whether a refused file may be accepted once its columns are named. */
  readonly hasColumns: boolean;
}

/** Tables. */
export const TABLE: FileFormat = {
  name: "a CSV or NDJSON file",
  icon: IconFileSpreadsheet,
  contentTypeOf: ({ name }) => /\.(nd)?jsonl?$/i.test(name) ? "application/x-ndjson" : "text/csv",
  hasColumns: true,
};

/** Mail archives. */
export const MBOX: FileFormat = {
  name: "an mbox",
  icon: IconMailbox,
  contentTypeOf: () => "application/mbox",
  hasColumns: false,
};

/** Takes a file, shows the progress of its upload, and the answer of the server. */
export function FileDrop<Report>({ format = TABLE, hint, targetOf, onImported, children }: {
  /** Absent: a table. */
  readonly format?: FileFormat;
  /** Requirements of the file, in words. */
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
        format.contentTypeOf(file),
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
        inputProps={{ "aria-label": format.name.replace(/^an? /, "") }}
        p="sm"
      >
        <Text size="sm" ta="center">
          <format.icon size={16} aria-hidden /> Drop {format.name}, or click to choose one. {hint}
        </Text>
      </Dropzone>
      {fraction !== null && (
        <Progress value={fraction * 100} aria-label="Upload" animated={fraction === 1} />
      )}
      {refused && !format.hasColumns && (
        <ErrorNotice title="The file was refused" reason={refused.reason} />
      )}
      {refused && format.hasColumns && (
        <ColumnsField
          reason={refused.reason}
          onRetry={(columns) => send(refused.file, columns)}
        />
      )}
      {report && <div role="status">{children(report)}</div>}
    </Stack>
  );
}
