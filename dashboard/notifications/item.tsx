import { ActionIcon } from "@mantine/core";
import { IconCheck, IconX } from "@tabler/icons-react";
import { RelativeTime } from "../kit/relative_time.tsx";
import { LevelIcon } from "./level.tsx";
import type { Notification } from "./operations.ts";
import { SubjectLink } from "./subject_link.tsx";

/** A notification in the centre, with buttons that mark it as read and dismiss it. */
export function NotificationItem({ notification, onFollow, onRead, onDismiss }: {
  readonly notification: Notification;
  readonly onFollow: () => void;
  readonly onRead: () => void;
  readonly onDismiss: () => void;
}) {
  const { id, level, title, body, lastAt, readAt, subject } = notification;
  return (
    <li className="centre-item" data-unread={readAt === null || undefined}>
      <LevelIcon level={level} />
      <div className="centre-text">
        <SubjectLink
          subjectId={subject?.id ?? null}
          notificationId={readAt === null ? id : null}
          onFollow={onFollow}
        >
          {title}
        </SubjectLink>
        {body !== null && <span className="centre-body" title={body}>{body}</span>}
        <span className="dimmed">
          <RelativeTime at={lastAt} />
        </span>
      </div>
      {readAt === null && (
        <ActionIcon
          size="sm"
          variant="subtle"
          aria-label={`Mark as read: ${title}`}
          title="Mark as read"
          onClick={onRead}
        >
          <IconCheck size={15} aria-hidden />
        </ActionIcon>
      )}
      <ActionIcon
        size="sm"
        variant="subtle"
        aria-label={`Dismiss: ${title}`}
        title="Dismiss"
        onClick={onDismiss}
      >
        <IconX size={15} aria-hidden />
      </ActionIcon>
    </li>
  );
}
