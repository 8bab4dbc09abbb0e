import { Button } from "@mantine/core";
import { useState } from "react";
import { useQuery, useSubscription } from "urql";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { MailItem } from "./mail.tsx";
import {
  EarlierMailsQuery,
  type Mail,
  ReplyDeliveryUpdated,
  type ThreadDetail,
} from "./thread_query.ts";

type MailPage = ThreadDetail["emails"];

/** The mails of a thread, oldest first. Of the newest ones the last mail, and all after the last reply, are open. */
export function Mails({ threadId, page: { nodes, pageInfo } }: {
  readonly threadId: string;
  readonly page: MailPage;
}) {
  const lastReply = nodes.findLastIndex(({ direction }) => direction === "OUTBOUND");
  const firstOpen = Math.min(lastReply + 1, nodes.length - 1);
  useSentMails(nodes);
  return (
    <section aria-label="Mails" className="mails">
      {pageInfo.hasPreviousPage && pageInfo.startCursor !== null && (
        <EarlierMails key={threadId} threadId={threadId} before={pageInfo.startCursor} />
      )}
      {nodes.map((mail, index) => (
        <MailItem
          key={mail.id}
          mail={mail}
          opened={index >= firstOpen}
        />
      ))}
    </section>
  );
}

/** Follows the deliveries that are under way. */
function useSentMails(mails: readonly Mail[]): void {
  const ids = mails.flatMap(({ delivery }) =>
    delivery && (delivery.status === "PENDING" || delivery.status === "SENDING")
      ? [delivery.id]
      : []
  );
  useSubscription({
    query: ReplyDeliveryUpdated,
    variables: { ids },
    pause: ids.length === 0,
  });
}

function EarlierMails({ threadId, before }: {
  readonly threadId: string;
  readonly before: string;
}) {
  const [wanted, setWanted] = useState(false);
  const [{ data, error, fetching }, read] = useQuery({
    query: EarlierMailsQuery,
    variables: { id: threadId, before },
    pause: !wanted,
  });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data?.thread) {
    return (
      <Button
        size="compact-sm"
        variant="default"
        loading={fetching}
        onClick={() => setWanted(true)}
      >
        Show earlier mails
      </Button>
    );
  }
  const { nodes, pageInfo } = data.thread.emails;
  return (
    <>
      {pageInfo.hasPreviousPage && pageInfo.startCursor !== null && (
        <EarlierMails threadId={threadId} before={pageInfo.startCursor} />
      )}
      {nodes.map((mail) => <MailItem key={mail.id} mail={mail} opened={false} />)}
    </>
  );
}
