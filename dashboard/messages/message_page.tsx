import { Skeleton, Tabs } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { type ReactNode, Suspense } from "react";
import { useQuery, useSubscription } from "urql";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatCount } from "../kit/format.ts";
import { lazyPart } from "../kit/lazy_part.ts";
import { useUrlState } from "../kit/url_state.ts";
import { MissingPage } from "../shell/missing_page.tsx";
import { MessageHead } from "./message_head.tsx";
import { lostCount } from "./message_progress.tsx";
import { type MessageDetail, MessageQuery, MessageUpdated } from "./message_query.ts";

const FailedTab = lazyPart(() => import("./failed/failed_tab.tsx"));
const RecipientsTab = lazyPart(() => import("./recipients_tab.tsx"));
const BatchesTab = lazyPart(() => import("./batches_tab.tsx"));
const ContentTab = lazyPart(() => import("./content_tab.tsx"));
const AnalyticsTab = lazyPart(() => import("./analytics_tab.tsx"));

/** Page of a message: its progress, actions and recipients, all live. */
export default function MessagePage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenMessage key={id} id={id} />;
}

function OpenMessage({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: MessageQuery, variables: { id } });
  const known = data?.message != null;
  useSubscription({ query: MessageUpdated, variables: { id }, pause: !known });
  if (error && !data) {
    return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  }
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  if (!data.message) return <MissingPage noun="message" />;
  return (
    <>
      <MessageHead message={data.message} />
      <MessageTabs message={data.message} />
    </>
  );
}

function MessageTabs({ message }: { readonly message: MessageDetail }) {
  const [state, setState] = useUrlState();
  const { total } = message.stats;
  const lost = lostCount(message.stats);
  const tab = state.tab ?? (lost > 0 ? "failed" : "recipients");
  return (
    <Tabs
      className="tabs"
      value={tab}
      onChange={(value) =>
        setState({ tab: value ?? undefined, recipientStatus: undefined, errors: undefined })}
      keepMounted={false}
    >
      <Tabs.List>
        <Tabs.Tab value="failed">
          View failed & retry <Number count={lost} />
        </Tabs.Tab>
        <Tabs.Tab value="recipients">
          All recipients <Number count={total} />
        </Tabs.Tab>
        <Tabs.Tab value="batches">Batches</Tabs.Tab>
        <Tabs.Tab value="content">Content</Tabs.Tab>
        <Tabs.Tab value="analytics">Analytics</Tabs.Tab>
      </Tabs.List>
      <Panel value="failed">
        <FailedTab message={message} />
      </Panel>
      <Panel value="recipients">
        <RecipientsTab message={message} />
      </Panel>
      <Panel value="batches">
        <BatchesTab message={message} />
      </Panel>
      <Panel value="content">
        <ContentTab message={message} />
      </Panel>
      <Panel value="analytics">
        <AnalyticsTab message={message} />
      </Panel>
    </Tabs>
  );
}

function Panel({ value, children }: { readonly value: string; readonly children: ReactNode }) {
  return (
    <Tabs.Panel value={value} className="tab-panel">
      <Suspense fallback={<Skeleton height={80} m="md" width="auto" />}>{children}</Suspense>
    </Tabs.Panel>
  );
}

function Number({ count }: { readonly count: number }) {
  return <span className="dimmed numbers">{formatCount(count)}</span>;
}
