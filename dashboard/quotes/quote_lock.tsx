import { IconLock, IconLockExclamation } from "@tabler/icons-react";
import { PageLink } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { toneColor } from "../kit/tone.ts";
import type { QuoteRow } from "./quote_fields.ts";

/** Lock of a quote that is being processed: since when, by which job, and what to do if it is stale. */
export function QuoteLock({ lock }: { readonly lock: QuoteRow["processingLock"] }) {
  if (!lock) return null;
  const Symbol = lock.stale ? IconLockExclamation : IconLock;
  return (
    <p
      className="quote-lock"
      style={{ color: toneColor(lock.stale ? "person" : "run") }}
      title={`Lock ${lock.token}`}
    >
      <Symbol size={16} aria-hidden />
      <span>
        Locked <RelativeTime at={lock.since} /> by {lock.job
          ? <PageLink underline="always" to={`/jobs/${lock.job.id}`}>its job</PageLink>
          : "a job that was deleted"}
        {lock.stale && ". The job has stopped: process the quote now, or release the lock."}
      </span>
    </p>
  );
}
