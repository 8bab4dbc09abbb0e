import { Button, Group } from "@mantine/core";
import { useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { PageLink } from "../kit/links.tsx";
import { useFeed } from "./feed_context.tsx";
import { NotificationItem } from "./item.tsx";
import { DismissNotifications, MarkNotificationsRead } from "./operations.ts";

const MAX_LISTED = 20;

/** The latest notifications, with actions on one and on all of them. */
export function Centre({ onClose }: { readonly onClose: () => void }) {
  const { notifications, unread } = useFeed();
  const read = useAction(MarkNotificationsRead, (data) => data.markNotificationsRead);
  const dismiss = useAction(DismissNotifications, (data) => data.dismissNotifications);
  const failure = read.failure ?? dismiss.failure;
  return (
    <>
      <Group justify="space-between" wrap="nowrap" className="centre-head">
        <strong>Notifications</strong>
        <Button
          size="compact-sm"
          variant="subtle"
          disabled={unread === 0}
          loading={read.running}
          onClick={() => read.run({ ids: null })}
        >
          Mark all as read
        </Button>
      </Group>
      {failure && <ErrorNotice reason={failure.reason} />}
      {notifications.length === 0
        ? (
          <p className="centre-empty dimmed">
            Nothing yet. Ends of your messages, jobs and bulk actions appear here.
          </p>
        )
        : (
          <ul className="centre-list">
            {notifications.slice(0, MAX_LISTED).map((notification) => (
              <NotificationItem
                key={notification.id}
                notification={notification}
                onFollow={onClose}
                onRead={() => read.run({ ids: [notification.id] })}
                onDismiss={() => dismiss.run({ ids: [notification.id] })}
              />
            ))}
          </ul>
        )}
      <Group justify="space-between" wrap="nowrap" className="centre-foot">
        <PageLink to="/notifications" onClick={onClose}>All notifications</PageLink>
        <PageLink to="/notifications/settings" onClick={onClose}>Settings</PageLink>
      </Group>
    </>
  );
}
