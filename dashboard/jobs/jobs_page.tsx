import { Skeleton } from "@mantine/core";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { IconChartBar, IconPlus } from "@tabler/icons-react";
import { useMemo } from "react";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { formatElapsed, formatEnum } from "../kit/format.ts";
import { ButtonLink } from "../kit/links.tsx";
import { type Column, List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { useSelection } from "../kit/selection.tsx";
import { Split } from "../kit/split.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { useIsAdmin } from "../shell/viewer.tsx";
import { formatJobError } from "./job_error.tsx";
import type { JobRow } from "./job_fields.ts";
import { useJobFilter } from "./job_filter.ts";
import { JobFilters } from "./job_filters.tsx";
import { type KindInfo, useJobKinds } from "./job_kinds.ts";
import { JOBS, JobsQuery } from "./job_list.ts";
import { JobProgress } from "./job_progress.tsx";
import { JobStatusBadge } from "./job_status.tsx";
import { RetryMatching } from "./retry_matching.tsx";
import { SelectedJobs } from "./selected_jobs.tsx";

const COLUMNS: readonly Column<JobRow>[] = [
  {
    header: "Kind",
    width: "minmax(9rem, 1fr)",
    cell: ({ kind }) => <strong>{formatEnum(kind)}</strong>,
  },
  { header: "Status", width: "7.5rem", cell: ({ status }) => <JobStatusBadge status={status} /> },
  {
    header: "Progress or error",
    width: "minmax(8rem, 2fr)",
    cell: (job) => <Outcome job={job} />,
  },
  { header: "Lane", width: "6.5rem", secondary: true, cell: ({ lane }) => formatEnum(lane) },
  {
    header: "Attempts",
    width: "4.5rem",
    numeric: true,
    secondary: true,
    cell: ({ attemptCount, maxAttempts }) => `${attemptCount}/${maxAttempts}`,
  },
  {
    header: "Took",
    width: "4.5rem",
    numeric: true,
    secondary: true,
    cell: ({ durationMs }) => durationMs !== null && formatElapsed(durationMs),
  },
  {
    header: "Created",
    width: "6.5rem",
    numeric: true,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

const nameOf = ({ kind, id }: JobRow) => `${formatEnum(kind)} ${id}`;

/** Jobs with filters, and the open one beside them. */
export default function JobsPage() {
  const kinds = useJobKinds();
  return kinds ? <Jobs kinds={kinds} /> : <Skeleton height={120} m="md" width="auto" />;
}

function Jobs({ kinds }: { readonly kinds: readonly KindInfo[] }) {
  const [state, setState] = useUrlState();
  const navigate = useNavigate();
  const isAdmin = useIsAdmin();
  const { id } = useParams({ strict: false });
  const filter = useJobFilter(state, kinds);
  const list = useLiveList(JOBS, { filter });
  const selection = useSelection(nameOf);
  const columns = useMemo(() => [selection.column, ...COLUMNS], [selection.column]);
  const failedOnly = filter.statuses?.join() === "FAILED";
  const filtered = Object.keys(filter).some((name) => name !== "system");
  return (
    <Split
      open={id !== undefined}
      onClose={() => navigate({ to: "/jobs", search: state })}
      detail={<Outlet />}
    >
      <PageHead title="Jobs" count={list.totalCount}>
        <CopyGraphQL operation={JobsQuery} variables={{ filter }} />
        <RetryMatching filter={filter} count={failedOnly ? list.totalCount : null} />
        <ButtonLink
          to="/jobs/analytics"
          variant="default"
          leftSection={<IconChartBar size={16} />}
        >
          Analytics
        </ButtonLink>
        {isAdmin && (
          <ButtonLink to="/jobs/start" leftSection={<IconPlus size={16} />}>Start a job</ButtonLink>
        )}
      </PageHead>
      <JobFilters state={state} onChange={setState} kinds={kinds}>
        <SelectedJobs selection={selection} />
      </JobFilters>
      <List
        label="Jobs"
        list={list}
        columns={columns}
        openId={id}
        pageOf={(row) => ({ to: `/jobs/${row.id}`, search: state })}
        onToggle={selection.toggle}
        empty={filtered
          ? <Empty title="No job matches">Remove a filter to see more.</Empty>
          : (
            <Empty
              title="No jobs yet"
              action={isAdmin && <ButtonLink to="/jobs/start">Start a job</ButtonLink>}
            >
              Jobs work in the background: they send messages, retry failures and clean up. Each one
              appears here when it is created.
            </Empty>
          )}
      />
    </Split>
  );
}

function Outcome({ job: { status, error, runAt, progress } }: { readonly job: JobRow }) {
  const text = error && formatJobError(error);
  if (status === "QUEUED" && runAt && new Date(runAt).getTime() > Date.now()) {
    return (
      <span title={text ?? undefined}>
        starts <RelativeTime at={runAt} />
        {text && ` after ${text}`}
      </span>
    );
  }
  if (text && status !== "COMPLETED") return <span title={text}>{text}</span>;
  return <JobProgress progress={progress} />;
}
