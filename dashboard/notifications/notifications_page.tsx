import { Button, SegmentedControl } from "@mantine/core";
import { IconSettings } from "@tabler/icons-react";
import { useState } from "react";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { FilterBar } from "../kit/filters.tsx";
import { formatNumberOf } from "../kit/format.ts";
import { ButtonLink } from "../kit/links.tsx";
import { List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { COLUMNS } from "./columns.tsx";
import { useFeed } from "./feed_context.tsx";
import { ALL, NotificationsQuery, UNREAD } from "./lists.ts";
import { DismissNotifications, MarkNotificationsRead } from "./operations.ts";

/** All notifications of the user. */
export default function NotificationsPage() {
  const [state, setState] = useUrlState();
  const onlyUnread = state.show === "unread";
  const list = useLiveList(onlyUnread ? UNREAD : ALL, {});
  const { unread } = useFeed();
  const read = useAction(MarkNotificationsRead, (data) => data.markNotificationsRead);
  const dismiss = useAction(DismissNotifications, (data) => data.dismissNotifications);
  const [question, setQuestion] = useState<Question | null>(null);
  const failure = read.failure ?? dismiss.failure;

  function askToDismissAll() {
    const count = list.totalCount;
    setQuestion({
      title: "Dismiss all notifications?",
      body: "Read and unread ones are deleted in all of your pages. This cannot be undone.",
      action: onlyUnread || count === null
        ? "Dismiss all"
        : `Dismiss ${formatNumberOf(count, "notification")}`,
      danger: true,
      run: async () => failureOf(await dismiss.run({ ids: null })),
    });
  }

  return (
    <>
      <PageHead title="Notifications" count={list.totalCount}>
        <CopyGraphQL operation={NotificationsQuery} variables={{}} />
        <Button
          size="compact-md"
          variant="default"
          disabled={unread === 0}
          loading={read.running}
          onClick={() => read.run({ ids: null })}
        >
          Mark all as read
        </Button>
        <Button
          size="compact-md"
          variant="default"
          disabled={list.totalCount === 0}
          onClick={askToDismissAll}
        >
          Dismiss all …
        </Button>
        <ButtonLink
          size="compact-md"
          variant="default"
          to="/notifications/settings"
          leftSection={<IconSettings size={15} />}
        >
          Settings
        </ButtonLink>
      </PageHead>
      <FilterBar>
        <SegmentedControl
          size="xs"
          aria-label="Show"
          value={onlyUnread ? "unread" : "all"}
          onChange={(show) => setState({ show: show === "all" ? undefined : show })}
          data={[{ value: "all", label: "All" }, { value: "unread", label: "Unread" }]}
        />
      </FilterBar>
      {failure && <ErrorNotice reason={failure.reason} />}
      <List
        label="Notifications"
        list={list}
        columns={COLUMNS}
        empty={
          <Empty title={onlyUnread ? "No unread notification" : "No notifications"}>
            Ends and pauses of your messages, ends of your jobs and bulk actions, and new problems
            appear here, and are kept for 90 days.
          </Empty>
        }
      />
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
