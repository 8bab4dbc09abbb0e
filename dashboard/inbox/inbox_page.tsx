import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useMemo, useState } from "react";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { ButtonLink } from "../kit/links.tsx";
import { List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { useSelection } from "../kit/selection.tsx";
import { Split } from "../kit/split.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { useIsAdmin } from "../shell/viewer.tsx";
import { RegenerateContext } from "./regenerate/context.ts";
import { RegenerateDialog } from "./regenerate/regenerate_dialog.tsx";
import { RegenerationProgress } from "./regenerate/regeneration_progress.tsx";
import { SelectedThreads } from "./regenerate/selected_threads.tsx";
import { THREAD_COLUMNS } from "./thread_columns.tsx";
import { subjectOf, type ThreadRow, THREADS, ThreadsQuery } from "./thread_fields.ts";
import { filterOf, ThreadFilters } from "./thread_filters.tsx";
import "./inbox.css";

const nameOf = (thread: ThreadRow) => `${subjectOf(thread)} of ${thread.contactEmail}`;
const NO_THREADS: readonly ThreadRow[] = [];

/** Threads of the inbox, with the open one beside them. */
export default function InboxPage() {
  const [state, setState] = useUrlState();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false });
  const { view, suggestion, q, job } = state;
  const filters = { view, suggestion, q };
  const filter = filterOf(filters);
  const list = useLiveList(THREADS, { filter });
  const selection = useSelection(nameOf);
  const columns = useMemo(() => [selection.column, ...THREAD_COLUMNS], [selection.column]);
  const [renewed, setRenewed] = useState(NO_THREADS);
  const regenerating = useMemo(
    () => ({ selectedCount: selection.rows.size, ask: setRenewed }),
    [selection.rows.size],
  );
  const isFiltered = suggestion !== undefined || q !== undefined;
  return (
    <RegenerateContext value={regenerating}>
      <Split
        open={id !== undefined}
        onClose={() => navigate({ to: "/inbox", search: filters })}
        detail={<Outlet />}
      >
        <PageHead title="Inbox" count={list.totalCount}>
          <CopyGraphQL operation={ThreadsQuery} variables={{ filter }} />
        </PageHead>
        <ThreadFilters state={state} onChange={setState}>
          <SelectedThreads selection={selection} shown={list.rows} />
        </ThreadFilters>
        {job && (
          <RegenerationProgress
            key={job}
            id={job}
            onClose={() => setState({ job: undefined })}
          />
        )}
        <List
          label="Threads"
          list={list}
          columns={columns}
          openId={id}
          pageOf={(row) => ({ to: `/inbox/${row.id}`, search: filters })}
          onToggle={selection.toggle}
          empty={<NoThreads isFiltered={isFiltered} view={view} />}
        />
      </Split>
      <RegenerateDialog
        threads={renewed}
        onClose={() => setRenewed(NO_THREADS)}
        onStarted={(jobId) => {
          selection.clear();
          if (jobId !== null) setState({ job: jobId });
        }}
      />
    </RegenerateContext>
  );
}

function NoThreads({ isFiltered, view }: {
  readonly isFiltered: boolean;
  readonly view: string | undefined;
}) {
  const isAdmin = useIsAdmin();
  if (isFiltered) return <Empty title="No thread matches">Remove a filter to see more.</Empty>;
  if (view === undefined) {
    return (
      <Empty
        title="No mail waits for an answer"
        action={<ButtonLink to="/inbox" search={{ view: "all" }}>Show all threads</ButtonLink>}
      >
        A mail of a customer appears here as soon as it arrives, with a suggested reply.
      </Empty>
    );
  }
  if (view !== "all") return <Empty title="No thread matches">Choose another view.</Empty>;
  return (
    <Empty
      title="No threads yet"
      action={isAdmin && <ButtonLink to="/organization">Set up a webhook</ButtonLink>}
    >
      Mails arrive by a webhook: from Mailgun, or as JSON from a program of your own. Each mail of a
      person gets a suggested reply, which a person sends.
    </Empty>
  );
}
