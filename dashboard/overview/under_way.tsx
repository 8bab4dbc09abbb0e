import { Skeleton } from "@mantine/core";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatCount, formatDuration, formatRate } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { Panel } from "../kit/panel.tsx";
import type { MessageRow } from "../messages/message_fields.ts";
import { MESSAGES } from "../messages/message_list.ts";
import { MessageProgress } from "../messages/message_progress.tsx";
import { MessageStatusBadge } from "../messages/message_status.tsx";

const SHOWN = 8;
const STATUSES = ["PLANNING", "SENDING", "PAUSED"] as const;
const ACTIVE = { filter: { statuses: [...STATUSES] } };

/** Messages under way: progress, rate, time left, and why they wait. */
export function UnderWay() {
  const { rows, fresh, known, totalCount, error } = useLiveList(MESSAGES, ACTIVE);
  // New ones come last, so that no row moves.
  const messages = [...rows, ...fresh];
  const search = { status: STATUSES.join(",") };
  const count = totalCount ?? messages.length;
  return (
    <Panel
      title="Under way"
      link={{ to: "/messages", search, text: count > 0 ? `All ${formatCount(count)}` : "Messages" }}
    >
      {error && <ErrorNotice reason={reasonOf(error)} />}
      {!known && !error && messages.length === 0 && <Skeleton height={34} mt={8} />}
      {known && messages.length === 0 && (
        <p className="dimmed">
          No message is being sent.{" "}
          <PageLink to="/compose" underline="always">Compose one</PageLink>
        </p>
      )}
      <ul className="panel-rows">
        {messages.slice(0, SHOWN).map((message) => (
          <li key={message.id} className="under-way-row">
            <PageLink to={`/messages/${message.id}`}>{message.title}</PageLink>
            <MessageProgress stats={message.stats} />
            <Pace message={message} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}

function Pace({ message }: { readonly message: MessageRow }) {
  const { status, stats: { perSecond, etaMs }, pause, waitingFor } = message;
  const reason = pause?.reason ?? waitingFor?.text;
  return (
    <span className="pace numbers">
      {status !== "SENDING" && <MessageStatusBadge message={message} />}
      {perSecond !== null && <span>{formatRate(perSecond)}</span>}
      {etaMs !== null && <span>ETA {formatDuration(etaMs)}</span>}
      {reason && <span className="dimmed" title={reason}>{reason}</span>}
    </span>
  );
}
