import { IconHourglass } from "@tabler/icons-react";
import { formatCount, formatDuration, formatEnum, formatRate } from "../kit/format.ts";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { toneColor } from "../kit/tone.ts";
import { MessageActions } from "./message_actions.tsx";
import type { MessageDetail } from "./message_query.ts";
import { MessageProgress } from "./message_progress.tsx";
import { MessageStatusBadge } from "./message_status.tsx";

/** Title, state, live progress and numbers of a message. */
export function MessageHead({ message }: { readonly message: MessageDetail }) {
  const { stats, waitingFor, pause } = message;
  return (
    <div className="message-head">
      <PageHead title={message.title}>
        <MessageActions message={message} />
      </PageHead>
      <div className="message-state">
        <MessageStatusBadge message={message} />
        <MessageProgress stats={stats} />
        {stats.perSecond !== null && <span className="numbers">{formatRate(stats.perSecond)}</span>}
        {stats.etaMs !== null && <span className="numbers">ETA {formatDuration(stats.etaMs)}</span>}
        <span className="dimmed">
          {formatEnum(message.channel)} · {message.type} · created{" "}
          <RelativeTime at={message.createdAt} />
          {message.sendAt && (
            <>
              {" "}· sends <RelativeTime at={message.sendAt} />
            </>
          )}
        </span>
        <Id id={message.id} />
      </div>
      {(pause ?? waitingFor) && (
        <p className="waiting">
          <IconHourglass size={15} aria-hidden />
          <span>
            {pause?.reason ?? waitingFor?.text}
            {!pause && waitingFor?.until && (
              <>
                {" "}(<RelativeTime at={waitingFor.until} />)
              </>
            )}
          </span>
        </p>
      )}
      <Numbers stats={stats} />
    </div>
  );
}

function Numbers({ stats }: { readonly stats: MessageDetail["stats"] }) {
  const numbers = [
    ["Sent", stats.sent, "done"],
    ["Failed", stats.failed, "person"],
    ["Bounced", stats.bounced, "person"],
    ["Complained", stats.complained, "person"],
    ["Unknown", stats.unknown, "patience"],
    ["Suppressed", stats.suppressed, "wait"],
    ["Cancelled", stats.cancelled, "wait"],
    ["Waiting", stats.pending + stats.sending, "wait"],
    ["Duplicates left out", stats.duplicates, "wait"],
  ] as const;
  const always = ["Sent", "Failed"];
  return (
    <dl className="figures">
      {numbers.filter(([label, count]) => count > 0 || always.includes(label)).map((
        [label, count, tone],
      ) => (
        <div key={label}>
          <dt>{label}</dt>
          <dd className="numbers" style={{ color: count > 0 ? toneColor(tone) : undefined }}>
            {formatCount(count)}
          </dd>
        </div>
      ))}
      {stats.retryable > 0 && (
        <div>
          <dt>Retryable</dt>
          <dd className="numbers">{formatCount(stats.retryable)}</dd>
        </div>
      )}
    </dl>
  );
}
