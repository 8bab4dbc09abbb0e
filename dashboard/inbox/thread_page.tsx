import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useQuery, useSubscription } from "urql";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { AnsweredState } from "./answered_state.tsx";
import { ThreadOrders, ThreadParty } from "./contact_orders.tsx";
import { Mails } from "./mails.tsx";
import { Reply } from "./reply/reply.tsx";
import { subjectOf } from "./thread_fields.ts";
import { SuggestionUpdated, ThreadQuery, ThreadUpdated } from "./thread_query.ts";

/** Page of a thread: its mails, the other party, and the reply, all live. */
export default function ThreadPage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenThread key={id} id={id} />;
}

function OpenThread({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: ThreadQuery, variables: { id } });
  const thread = data?.thread;
  const pause = thread == null;
  useSubscription({ query: ThreadUpdated, variables: { id }, pause });
  useSubscription({ query: SuggestionUpdated, variables: { threadId: id }, pause });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  if (!thread) return <MissingPage noun="thread" />;
  return (
    <>
      <PageHead title={subjectOf(thread)}>
        <CopyGraphQL operation={ThreadQuery} variables={{ id }} />
      </PageHead>
      <div className="message-state">
        <AnsweredState answered={thread.answered} />
        <ThreadParty thread={thread} />
        <Id id={id} />
      </div>
      <ThreadOrders thread={thread} />
      <div className="page thread">
        <Mails threadId={id} page={thread.emails} />
        <Reply thread={thread} />
      </div>
    </>
  );
}
