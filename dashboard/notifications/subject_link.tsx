import { type ReactNode, useContext } from "react";
import { IdPagesContext, PageLink } from "../kit/links.tsx";
import { useMarkRead } from "./actions.ts";

/** Link to the object of a notification, which is read by following it; plain text if the object has no page. */
export function SubjectLink({ subjectId, notificationId, onFollow, children }: {
  readonly subjectId: string | null;
  /** Null: there is no notification to mark as read. */
  readonly notificationId: string | null;
  readonly onFollow?: () => void;
  readonly children: ReactNode;
}) {
  const pages = useContext(IdPagesContext);
  const markRead = useMarkRead();
  const page = subjectId === null ? undefined : pages[subjectId.slice(0, subjectId.indexOf("_"))];
  if (!page || subjectId === null) return <span>{children}</span>;
  return (
    <PageLink
      to={page(subjectId)}
      onClick={() => {
        if (notificationId !== null) markRead([notificationId]);
        onFollow?.();
      }}
    >
      {children}
    </PageLink>
  );
}
