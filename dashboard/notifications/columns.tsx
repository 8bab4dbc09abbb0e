import { ActionIcon } from "@mantine/core";
import { IconX } from "@tabler/icons-react";
import { useAction } from "../kit/action.ts";
import type { Column } from "../kit/list.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { LevelIcon } from "./level.tsx";
import { DismissNotifications, type Notification } from "./operations.ts";
import { SubjectLink } from "./subject_link.tsx";

/** Columns of the list of notifications. */
export const COLUMNS: readonly Column<Notification>[] = [
  { header: "", width: "1.5rem", cell: ({ level }) => <LevelIcon level={level} /> },
  {
    header: "Notification",
    width: "minmax(12rem, 2fr)",
    cell: ({ id, title, readAt, subject }) => (
      <span
        data-unread={readAt === null || undefined}
        className="notification-title"
        title={title}
      >
        <SubjectLink subjectId={subject?.id ?? null} notificationId={readAt === null ? id : null}>
          {title}
        </SubjectLink>
      </span>
    ),
  },
  {
    header: "Details",
    width: "minmax(8rem, 2fr)",
    secondary: true,
    cell: ({ body }) => body !== null && <span title={body}>{body}</span>,
  },
  {
    header: "State",
    width: "5rem",
    cell: ({ readAt }) => readAt === null ? "Unread" : <span className="dimmed">Read</span>,
  },
  {
    header: "Time",
    width: "6rem",
    numeric: true,
    cell: ({ lastAt }) => <RelativeTime at={lastAt} />,
  },
  {
    header: "Dismiss",
    width: "4rem",
    numeric: true,
    cell: (notification) => <Dismiss notification={notification} />,
  },
];

function Dismiss({ notification: { id, title } }: { readonly notification: Notification }) {
  const dismiss = useAction(DismissNotifications, (data) => data.dismissNotifications);
  return (
    <ActionIcon
      size="sm"
      variant="subtle"
      loading={dismiss.running}
      aria-label={`Dismiss: ${title}`}
      title={dismiss.failure?.reason ?? "Dismiss"}
      onClick={() => dismiss.run({ ids: [id] })}
    >
      <IconX size={15} aria-hidden />
    </ActionIcon>
  );
}
