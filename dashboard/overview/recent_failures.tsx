import { Skeleton } from "@mantine/core";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatCount } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { Panel } from "../kit/panel.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { MESSAGES } from "../messages/message_list.ts";
import { MessageStatusBadge } from "../messages/message_status.tsx";

const SHOWN = 8;
const FAILED = { filter: { withFailures: true } };

/** Latest messages with failures: all that a MEMBER can see of problems. */
export function RecentFailures() {
  const { rows, fresh, known, error } = useLiveList(MESSAGES, FAILED);
  const messages = [...rows, ...fresh];
  return (
    <Panel
      title="With failures"
      link={{ to: "/messages", search: { failures: "1" }, text: "All" }}
    >
      {error && <ErrorNotice reason={reasonOf(error)} />}
      {!known && !error && messages.length === 0 && <Skeleton height={34} mt={8} />}
      {known && messages.length === 0 && <p className="dimmed">All your messages arrived.</p>}
      <ul className="panel-rows">
        {messages.slice(0, SHOWN).map((message) => (
          <li key={message.id} className="failure-row">
            <PageLink to={`/messages/${message.id}`} search={{ tab: "failed" }}>
              {message.title}
            </PageLink>
            <MessageStatusBadge message={message} />
            <span className="numbers tone-person">{formatCount(message.stats.failed)} failed</span>
            <RelativeTime at={message.createdAt} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
