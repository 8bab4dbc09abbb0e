import { formatCount } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { FactDetail, FactSource } from "./operations.ts";

/** The newest mails with a fact as evidence, one line each, with their texts on request. */
export function Evidence({ fact: { sources, evidenceCount, origin } }: {
  readonly fact: FactDetail;
}) {
  if (sources.length === 0) {
    return (
      <p className="dimmed">
        {origin === "ADDED"
          ? "It was added by a person, without a mail."
          : "The mails that it was learned from are no longer stored."}
      </p>
    );
  }
  return (
    <section aria-label="Evidence" className="evidence">
      <h2>Evidence</h2>
      {evidenceCount > sources.length && (
        <p className="dimmed">
          The newest {sources.length} of {formatCount(evidenceCount)} mails.
        </p>
      )}
      {sources.map((mail, index) => <Source key={mail.id} mail={mail} opened={index === 0} />)}
    </section>
  );
}

function Source({ mail, opened }: { readonly mail: FactSource; readonly opened: boolean }) {
  const { id, from, fromName, to, subject, replyText, text, receivedAt, direction, thread } = mail;
  const own = replyText || text;
  return (
    <details id={id} open={opened}>
      <summary>
        <strong>{subject || "(no subject)"}</strong>
        <span className="dimmed">
          {direction === "OUTBOUND" ? `to ${to.join(", ")}` : fromName ?? from}
        </span>
        <RelativeTime at={receivedAt} />
      </summary>
      <p>{own}</p>
      {thread && <PageLink to={`/inbox/${thread.id}`}>Open the thread</PageLink>}
    </details>
  );
}
