import { formatDuration, formatRate } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { useLiveList } from "../kit/live_list.ts";
import type { MessageRow } from "../messages/message_fields.ts";
import { MESSAGES } from "../messages/message_list.ts";
import { MessageProgress } from "../messages/message_progress.tsx";
import { MessageStatusBadge } from "../messages/message_status.tsx";
import { allText, ListPanel } from "./list_panel.tsx";

const SHOWN = 8;
const STATUSES = ["PLANNING", "SENDING", "PAUSED"] as const;
const ACTIVE = { filter: { statuses: [...STATUSES] } };

/** Messages under way: progress, rate, time left, and why they wait. */
export function UnderWay() {
  const list = useLiveList(MESSAGES, ACTIVE);
  const search = { status: STATUSES.join(","), quotes: "1" };
  return (
    <ListPanel
      title="Under way"
      link={{ to: "/messages", search, text: allText(list, "Messages") }}
      list={{ ...list, rows: list.rows.filter(isBusy), fresh: list.fresh.filter(isBusy) }}
      limit={SHOWN}
      empty={
        <>
          No message is being sent.{" "}
          <PageLink to="/compose" underline="always">Compose one</PageLink>
        </>
      }
    >
      {(message) => (
        <li key={message.id} className="under-way-row">
          <PageLink to={`/messages/${message.id}`}>{message.title}</PageLink>
          <MessageProgress stats={message.stats} />
          <Pace message={message} />
        </li>
      )}
    </ListPanel>
  );
}

// The message of a campaign stays SENDING for new recipients, while nothing of it waits.
function isBusy({ status, stats }: MessageRow): boolean {
  return status !== "SENDING" || stats.pending + stats.sending > 0;
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
