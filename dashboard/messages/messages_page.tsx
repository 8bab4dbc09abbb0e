import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { IconPencilPlus } from "@tabler/icons-react";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { formatCount } from "../kit/format.ts";
import { ButtonLink } from "../kit/links.tsx";
import { type Column, List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Split } from "../kit/split.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { filterOf, MessageFilters } from "./message_filters.tsx";
import type { MessageRow } from "./message_fields.ts";
import { MESSAGES, MessagesQuery } from "./message_list.ts";
import { lostCount, MessageProgress } from "./message_progress.tsx";
import { MessageStatusBadge } from "./message_status.tsx";

const COLUMNS: readonly Column<MessageRow>[] = [
  { header: "Title", width: "minmax(8rem, 1fr)", cell: ({ title }) => <strong>{title}</strong> },
  {
    header: "Status",
    width: "8.5rem",
    cell: (message) => <MessageStatusBadge message={message} />,
  },
  { header: "Progress", width: "9rem", cell: ({ stats }) => <MessageProgress stats={stats} /> },
  {
    header: "Sent",
    width: "5rem",
    numeric: true,
    secondary: true,
    cell: ({ stats }) => formatCount(stats.sent),
  },
  {
    header: "Failed",
    width: "5rem",
    numeric: true,
    secondary: true,
    cell: ({ stats }) => <Failed stats={stats} />,
  },
  { header: "Type", width: "7rem", secondary: true, cell: ({ type }) => type },
  {
    header: "Created",
    width: "6.5rem",
    numeric: true,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

/** History of messages, with the open one beside it. */
export default function MessagesPage() {
  const [state, setState] = useUrlState();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false });
  // The open message has its own part of the URL.
  const { status, q, failures, quotes } = state;
  const filters = { status, q, failures, quotes };
  const variables = { filter: filterOf(filters) };
  const list = useLiveList(MESSAGES, variables);
  const filtered = [status, q, failures].some((value) => value !== undefined);
  return (
    <Split
      open={id !== undefined}
      onClose={() => navigate({ to: "/messages", search: filters })}
      detail={<Outlet />}
    >
      <PageHead title="Messages" count={list.totalCount}>
        <CopyGraphQL operation={MessagesQuery} variables={variables} />
        <ButtonLink to="/compose" leftSection={<IconPencilPlus size={16} />}>Compose</ButtonLink>
      </PageHead>
      <MessageFilters state={state} onChange={setState} />
      <List
        label="Messages"
        list={list}
        columns={COLUMNS}
        openId={id}
        pageOf={(row) => ({ to: `/messages/${row.id}`, search: filters })}
        empty={filtered
          ? <Empty title="No message matches">Remove a filter to see more.</Empty>
          : (
            <Empty
              title="No messages yet"
              action={<ButtonLink to="/compose">Compose a message</ButtonLink>}
            >
              Every message that you or your programs send appears here, with its progress, its
              failures and their remedy.
            </Empty>
          )}
      />
    </Split>
  );
}

function Failed({ stats }: { readonly stats: MessageRow["stats"] }) {
  const lost = lostCount(stats);
  return <span className={lost > 0 ? "tone-person" : "dimmed"}>{formatCount(lost)}</span>;
}
