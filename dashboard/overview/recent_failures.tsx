import { formatCount } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { MESSAGES } from "../messages/message_list.ts";
import { lostCount } from "../messages/message_progress.tsx";
import { MessageStatusBadge } from "../messages/message_status.tsx";
import { allText, ListPanel } from "./list_panel.tsx";

const SHOWN = 8;
const FAILED = { filter: { withFailures: true } };

/** Latest messages with failures: all that a MEMBER can see of problems. */
export function RecentFailures() {
  const list = useLiveList(MESSAGES, FAILED);
  return (
    <ListPanel
      title="With failures"
      link={{
        to: "/messages",
        search: { failures: "1", quotes: "1" },
        text: allText(list, "Messages"),
      }}
      list={list}
      limit={SHOWN}
      empty="None of your messages has failures."
    >
      {(message) => (
        <li key={message.id} className="failure-row">
          <PageLink to={`/messages/${message.id}`} search={{ tab: "failed" }}>
            {message.title}
          </PageLink>
          <MessageStatusBadge message={message} />
          <span className="numbers tone-person">
            {formatCount(lostCount(message.stats))} failed
          </span>
          <RelativeTime at={message.createdAt} />
        </li>
      )}
    </ListPanel>
  );
}
