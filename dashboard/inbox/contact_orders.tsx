import { IconStarFilled } from "@tabler/icons-react";
import { Copy } from "../kit/copy.tsx";
import { formatMoney } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { partyOf, type ThreadRow } from "./thread_fields.ts";
import type { ThreadDetail } from "./thread_query.ts";

/** The other party of a thread: its name, a link to its page, and its address. */
export function ThreadParty({ thread }: { readonly thread: ThreadRow }) {
  const { contact, contactEmail } = thread;
  const name = partyOf(thread);
  return (
    <span className="thread-party">
      {contact ? <PageLink to={`/contacts/${contact.id}`}>{name}</PageLink> : name}
      {contact?.vip && <IconStarFilled size={13} aria-label="important" />}
      {name !== contactEmail && <span className="dimmed">{contactEmail}</span>}
      <Copy value={contactEmail} label="address" />
    </span>
  );
}

/** The newest orders of the other party, one line each; nothing if there are none. */
export function ThreadOrders({ thread: { orders, contact } }: { readonly thread: ThreadDetail }) {
  const { nodes, totalCount } = orders;
  if (nodes.length === 0) return null;
  const more = (totalCount ?? nodes.length) - nodes.length;
  return (
    <section aria-label="Orders" className="thread-orders">
      {nodes.map(({ id, number, status, total, createdAt }) => (
        <span key={id}>
          <strong>{number}</strong> {status} · {formatMoney(total)} ·{" "}
          <RelativeTime at={createdAt} />
        </span>
      ))}
      {more > 0 && contact && <PageLink to={`/contacts/${contact.id}`}>{more} more</PageLink>}
    </section>
  );
}
