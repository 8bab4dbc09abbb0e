import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { type Column, List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Split } from "../kit/split.tsx";
import { CreateDialog } from "./create_dialog.tsx";
import { FireBars } from "./fire_bars.tsx";
import { FireOutcomeStatus } from "./fire_outcome.tsx";
import { type Schedule, SCHEDULES, SchedulesQuery } from "./schedule_fields.ts";
import { NextRun } from "./schedule_state.tsx";

const COLUMNS: readonly Column<Schedule>[] = [
  {
    header: "Schedule",
    width: "minmax(8rem, 1fr)",
    cell: ({ name, description }) => <strong title={description ?? undefined}>{name}</strong>,
  },
  {
    header: "Runs",
    width: "minmax(8rem, 1.2fr)",
    cell: ({ words, cron, timezone }) => (
      <span title={cron ?? undefined}>
        {words} {timezone !== "UTC" && <span className="dimmed">{timezone}</span>}
      </span>
    ),
  },
  {
    header: "Of",
    width: "6.5rem",
    secondary: true,
    cell: ({ builtIn }) => builtIn ? "System" : "Organization",
  },
  {
    header: "Last outcome",
    width: "7rem",
    cell: ({ recentFires: [last] }) =>
      last
        ? <FireOutcomeStatus outcome={last.outcome} />
        : <span className="dimmed">None yet</span>,
  },
  {
    header: "Last fires",
    width: "7rem",
    secondary: true,
    cell: ({ recentFires }) => <FireBars fires={recentFires} />,
  },
  {
    header: "Last run",
    width: "5.5rem",
    numeric: true,
    cell: ({ recentFires: [last] }) => last && <RelativeTime at={last.firedAt} />,
  },
  {
    header: "Next run",
    width: "5.5rem",
    numeric: true,
    cell: (schedule) => <NextRun schedule={schedule} />,
  },
];

/** Schedules by name, with the open one beside the list. */
export default function SchedulesPage() {
  const navigate = useNavigate();
  const { id } = useParams({ strict: false });
  const list = useLiveList(SCHEDULES, {});
  const [creating, setCreating] = useState(false);
  const open = (scheduleId: string) => navigate({ to: `/schedules/${scheduleId}` });
  const create = (
    <Button leftSection={<IconPlus size={16} />} onClick={() => setCreating(true)}>
      New schedule
    </Button>
  );
  return (
    <>
      <Split
        open={id !== undefined}
        onClose={() => navigate({ to: "/schedules" })}
        detail={<Outlet />}
      >
        <PageHead title="Schedules" count={list.totalCount}>
          <CopyGraphQL operation={SchedulesQuery} variables={{}} />
          {create}
        </PageHead>
        <List
          label="Schedules"
          list={list}
          columns={COLUMNS}
          openId={id}
          onOpen={(row) => open(row.id)}
          empty={
            <Empty title="No schedules yet" action={create}>
              A schedule starts a job at fixed times, once among all processes.
            </Empty>
          }
        />
      </Split>
      <CreateDialog
        opened={creating}
        onClose={() => setCreating(false)}
        onCreated={(created) => {
          setCreating(false);
          list.reload();
          open(created);
        }}
      />
    </>
  );
}
