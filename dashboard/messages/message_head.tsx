import { formatCount, formatDuration, formatEnum, formatRate } from "../kit/format.ts";
import { Figure, Figures } from "../kit/figures.tsx";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { Tone } from "../kit/tone.ts";
import { Waiting } from "../kit/waiting.tsx";
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
      <Waiting
        reason={pause?.reason ?? waitingFor?.text}
        until={pause ? null : waitingFor?.until}
      />
      <Numbers stats={stats} />
    </div>
  );
}

function Numbers({ stats }: { readonly stats: MessageDetail["stats"] }) {
  const numbers: readonly (readonly [label: string, count: number, tone?: Tone])[] = [
    ["Sent", stats.sent, "done"],
    ["Failed", stats.failed, "person"],
    ["Bounced", stats.bounced, "person"],
    ["Complained", stats.complained, "person"],
    ["Unknown", stats.unknown, "patience"],
    ["Suppressed", stats.suppressed, "wait"],
    ["Cancelled", stats.cancelled, "wait"],
    ["Waiting", stats.pending + stats.sending, "wait"],
    ["Duplicates left out", stats.duplicates, "wait"],
    ["Retryable", stats.retryable],
  ];
  const always = ["Sent", "Failed"];
  return (
    <Figures>
      {numbers.filter(([label, count]) => count > 0 || always.includes(label)).map((
        [label, count, tone],
      ) => (
        <Figure key={label} label={label} tone={count > 0 ? tone : undefined}>
          {formatCount(count)}
        </Figure>
      ))}
    </Figures>
  );
}
