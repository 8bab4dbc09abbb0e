import { Button, Group, TextInput } from "@mantine/core";
import { useState } from "react";
import { ErrorNotice } from "../kit/error_notice.tsx";

/** A refused file: the reason, and a field that names its columns for a second upload. */
export function ColumnsField({ reason, onRetry }: {
  readonly reason: string;
  readonly onRetry: (columns: string) => void;
}) {
  // The server proposes a mapping if the columns are the fault.
  const [columns, setColumns] = useState(/\?columns=(.*?)[.;]?$/.exec(reason)?.[1] ?? "");
  return (
    <>
      <ErrorNotice title="The file was refused" reason={reason} />
      <Group align="flex-end" gap="xs" wrap="nowrap">
        <TextInput
          flex={1}
          label="Columns"
          description="What a column holds, a colon, and its heading or position"
          placeholder="address:Kundenmail,name:Kunde,plan:4"
          value={columns}
          onChange={(event) => setColumns(event.currentTarget.value)}
        />
        <Button variant="default" disabled={columns === ""} onClick={() => onRetry(columns)}>
          Upload again
        </Button>
      </Group>
    </>
  );
}
