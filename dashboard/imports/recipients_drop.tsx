import { Text } from "@mantine/core";
import { formatNumberOf } from "../kit/format.ts";
import { FileDrop } from "./file_drop.tsx";
import { RefusedRows } from "./refused_rows.tsx";
import { nameOf, type RefusedRow } from "./upload.ts";

const SHOWN_ROWS = 10;

/** Report of an import of recipients. */
interface RecipientsReport {
  readonly audienceId: string;
  readonly taken: number;
  readonly refused: number;
  readonly collapsed: number;
  readonly refusedRows: readonly RefusedRow[];
}

/** Imports recipients from a file: as a new audience, or into an existing one. */
export function RecipientsDrop({ audienceId, name, channel = "EMAIL", onImported }: {
  /** Audience that the recipients are added to; absent: a new one. */
  readonly audienceId?: string;
  /** Name of a new audience; absent or empty: that of the file. */
  readonly name?: string;
  /** Channel of a new audience. */
  readonly channel?: "EMAIL" | "MESSENGER";
  readonly onImported: (audienceId: string) => void;
}) {
  return (
    <FileDrop<RecipientsReport>
      hint="It needs a column for the address; the other columns become variables."
      targetOf={(file) => ({
        path: "/import/recipients",
        parameters: audienceId ? { audienceId } : { name: name || nameOf(file), channel },
      })}
      onImported={(report) => onImported(report.audienceId)}
    >
      {({ taken, collapsed, refused, refusedRows }) => (
        <>
          <Text size="sm">
            {formatNumberOf(taken, "recipient")} imported
            {collapsed > 0 && `, ${formatNumberOf(collapsed, "duplicate")} left out`}
            {refused > 0 && `, ${formatNumberOf(refused, "row")} refused:`}
          </Text>
          <RefusedRows
            rows={refusedRows.slice(0, SHOWN_ROWS)}
            count={refused}
            more="They are listed with the audience."
          />
        </>
      )}
    </FileDrop>
  );
}
