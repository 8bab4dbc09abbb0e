import { formatCount, formatMoney } from "../kit/format.ts";
import type { Column } from "../kit/list.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { RunRow } from "./run_fields.ts";
import { Duration, RunProgress } from "./run_progress.tsx";
import { RunStatusBadge } from "./run_status.tsx";
import { selectionText } from "./selection_text.ts";

/** Columns of the list of learning runs. */
export const RUN_COLUMNS: readonly Column<RunRow>[] = [
  {
    header: "Started",
    width: "7rem",
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
  { header: "State", width: "7.5rem", cell: (run) => <RunStatusBadge run={run} /> },
  {
    header: "Selection",
    width: "minmax(8rem, 1fr)",
    secondary: true,
    cell: selectionText,
  },
  {
    header: "Progress",
    width: "minmax(7rem, 1fr)",
    cell: (run) => <RunProgress run={run} />,
  },
  { header: "Mails", width: "5rem", numeric: true, cell: ({ total }) => formatCount(total) },
  {
    header: "Failed",
    width: "4.5rem",
    numeric: true,
    cell: ({ failed }) =>
      failed > 0
        ? <strong className="tone-person">{formatCount(failed)}</strong>
        : formatCount(failed),
  },
  {
    header: "New facts",
    width: "5.5rem",
    numeric: true,
    secondary: true,
    cell: ({ newFactCount }) => formatCount(newFactCount),
  },
  {
    header: "Cost",
    width: "5.5rem",
    numeric: true,
    secondary: true,
    cell: ({ cost }) => cost ? formatMoney(cost) : "unknown",
  },
  {
    header: "Duration",
    width: "5.5rem",
    numeric: true,
    secondary: true,
    cell: (run) => <Duration run={run} />,
  },
  {
    header: "By",
    width: "minmax(5rem, 0.5fr)",
    secondary: true,
    cell: ({ startedBy }) => startedBy ?? <span className="dimmed">no user</span>,
  },
];
