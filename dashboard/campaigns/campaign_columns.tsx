import { formatCount } from "../kit/format.ts";
import type { Column } from "../kit/list.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { lostCount, MessageProgress } from "../messages/message_progress.tsx";
import { CampaignState } from "./campaign_state.tsx";
import type { CampaignRow } from "./operations.ts";

/** Columns of the list of campaigns. */
export const COLUMNS: readonly Column<CampaignRow>[] = [
  { header: "Name", width: "minmax(8rem, 1fr)", cell: ({ name }) => <strong>{name}</strong> },
  { header: "State", width: "7.5rem", cell: (campaign) => <CampaignState campaign={campaign} /> },
  {
    header: "Date",
    width: "6.5rem",
    numeric: true,
    cell: ({ sendAt }) =>
      sendAt ? <RelativeTime at={sendAt} /> : <span className="dimmed">sign-up</span>,
  },
  { header: "Progress", width: "9rem", cell: ({ stats }) => <MessageProgress stats={stats} /> },
  {
    header: "Enrolled",
    width: "5.5rem",
    numeric: true,
    secondary: true,
    cell: ({ stats }) => formatCount(stats.total),
  },
  {
    header: "Failed",
    width: "5rem",
    numeric: true,
    secondary: true,
    cell: ({ stats }) => <Failed stats={stats} />,
  },
  { header: "Type", width: "9rem", secondary: true, cell: ({ type }) => type },
];

function Failed({ stats }: { readonly stats: CampaignRow["stats"] }) {
  const lost = lostCount(stats);
  return <span className={lost > 0 ? "tone-person" : "dimmed"}>{formatCount(lost)}</span>;
}
