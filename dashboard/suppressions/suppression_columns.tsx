import { formatEnum } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import type { Column } from "../kit/list.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { SuppressionRow } from "./operations.ts";
import { REASON_MEANINGS } from "./reasons.ts";

/** Columns of the suppression list. */
export const COLUMNS: readonly Column<SuppressionRow>[] = [
  { header: "Address", width: "minmax(9rem, 1.2fr)", cell: ({ address }) => address },
  {
    header: "Reason",
    width: "7.5rem",
    cell: ({ reason }) => <span title={REASON_MEANINGS[reason]}>{formatEnum(reason)}</span>,
  },
  {
    header: "Caused by",
    width: "minmax(8rem, 1fr)",
    secondary: true,
    cell: ({ delivery }) =>
      delivery
        ? (
          <PageLink to={`/deliveries/${delivery.id}`}>
            {delivery.message?.title ?? "a delivery"}
          </PageLink>
        )
        : <span className="dimmed">a person or an import</span>,
  },
  {
    header: "Channel",
    width: "6rem",
    secondary: true,
    cell: ({ channel }) => formatEnum(channel),
  },
  {
    header: "Added",
    width: "6.5rem",
    numeric: true,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

/** Name of an entry for screen readers. */
export function nameOf({ address, reason }: SuppressionRow): string {
  return `${address}, ${formatEnum(reason)}`;
}
