import { CloseButton } from "@mantine/core";
import { useNow } from "../kit/clock.ts";
import { formatCount } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { useMarkRead } from "./actions.ts";
import { useFeed } from "./feed_context.tsx";
import { LevelIcon } from "./level.tsx";
import { SubjectLink } from "./subject_link.tsx";

const RECENT_MS = 10 * 60_000;

/**
 * The last unread notification of the past ten minutes; it stays after its toast until it is read. It reduces the height
 * of the screen above it, so that it covers nothing.
 */
export function RecentBanner() {
  const { notifications } = useFeed();
  const now = useNow();
  const markRead = useMarkRead();
  const recent = notifications.filter(({ readAt, lastAt }) =>
    readAt === null && now - new Date(lastAt).getTime() < RECENT_MS
  );
  const [first, ...others] = recent;
  if (!first) return null;
  return (
    <div className="banner" role="region" aria-label="Finished recently">
      <LevelIcon level={first.level} />
      <div className="banner-text">
        <SubjectLink subjectId={first.subject?.id ?? null} notificationId={first.id}>
          {first.title}
        </SubjectLink>
        <span className="dimmed">
          <RelativeTime at={first.lastAt} />
          {others.length > 0 && (
            <>
              {" · "}
              <PageLink to="/notifications">{`${formatCount(others.length)} more`}</PageLink>
            </>
          )}
        </span>
      </div>
      <CloseButton
        size="sm"
        aria-label="Mark as read"
        title="Mark as read"
        onClick={() => markRead([first.id])}
      />
    </div>
  );
}
