import { IconMail, IconMailCheck, IconMailX } from "@tabler/icons-react";
import { LOST_STATUSES } from "../deliveries/delivery_status.tsx";
import { formatEnum, formatMoney } from "../kit/format.ts";
import type { Column } from "../kit/list.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { type Tone, toneColor } from "../kit/tone.ts";
import type { QuoteRow } from "./quote_fields.ts";
import { QuoteStatusBadge } from "./quote_status.tsx";

/** Columns of a list of quotes. */
export const QUOTE_COLUMNS: readonly Column<QuoteRow>[] = [
  {
    header: "Customer",
    width: "minmax(8rem, 1fr)",
    cell: ({ customer: { name, email } }) => <strong title={email}>{name || email}</strong>,
  },
  {
    header: "Request",
    width: "minmax(9rem, 1.6fr)",
    secondary: true,
    cell: ({ request }) => <span className="dimmed">{request}</span>,
  },
  { header: "State", width: "8rem", cell: (quote) => <QuoteStatusBadge quote={quote} /> },
  {
    header: "Total",
    width: "7rem",
    numeric: true,
    cell: ({ estimate }) => estimate && formatMoney(estimate.total),
  },
  { header: "Mails", width: "12rem", cell: (quote) => <Mails quote={quote} /> },
  {
    header: "Created",
    width: "6.5rem",
    numeric: true,
    secondary: true,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

function Mails({ quote: { customerDelivery, adminDelivery } }: { readonly quote: QuoteRow }) {
  return (
    <span className="quote-mail-states">
      {customerDelivery && <MailState label="Customer" status={customerDelivery.status} />}
      {adminDelivery && <MailState label="Admin" status={adminDelivery.status} />}
    </span>
  );
}

function MailState({ label, status }: {
  readonly label: string;
  readonly status: NonNullable<QuoteRow["customerDelivery"]>["status"];
}) {
  const [tone, Symbol] = looksOf(status);
  const title = `Mail to the ${label.toLowerCase()}: ${formatEnum(status)}`;
  return (
    <span className="status" style={{ color: toneColor(tone) }} title={title}>
      <Symbol size={15} aria-label={formatEnum(status)} />
      {label}
    </span>
  );
}

function looksOf(
  status: NonNullable<QuoteRow["customerDelivery"]>["status"],
): readonly [Tone, typeof IconMail] {
  if (LOST_STATUSES.includes(status)) return ["person", IconMailX];
  return status === "SENT" ? ["done", IconMailCheck] : ["wait", IconMail];
}
