import { SegmentedControl } from "@mantine/core";
import { useInterval } from "@mantine/hooks";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { IconPlus } from "@tabler/icons-react";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { FilterBar } from "../kit/filters.tsx";
import { ButtonLink } from "../kit/links.tsx";
import { List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { Split } from "../kit/split.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { useIsAdmin } from "../shell/viewer.tsx";
import { Calendar } from "./calendar.tsx";
import { COLUMNS } from "./campaign_columns.tsx";
import { ReloadCampaigns } from "./campaign_list.ts";
import { CAMPAIGNS, CampaignsQuery } from "./operations.ts";

const REREAD_MS = 5_000;
const ALL = { filter: null };

/** Campaigns as a list or a calendar, with the open one beside them. */
export default function CampaignsPage() {
  const [state, setState] = useUrlState();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false });
  const view = { view: state.view, month: state.month };
  const list = useLiveList(CAMPAIGNS, ALL);
  // The figures change without events.
  useInterval(list.refresh, REREAD_MS, { autoInvoke: true });
  const isAdmin = useIsAdmin();
  const create = isAdmin && (
    <ButtonLink to="/campaigns/new" leftSection={<IconPlus size={16} />}>New campaign</ButtonLink>
  );
  const empty = (
    <Empty title="No campaigns yet" action={create}>
      A campaign is a mail that is sent automatically to each contact once: a welcome at sign-up, or
      news at a date.
    </Empty>
  );
  return (
    <ReloadCampaigns value={list.reload}>
      <Split
        open={id !== undefined}
        onClose={() => navigate({ to: "/campaigns", search: view })}
        detail={<Outlet />}
      >
        <PageHead title="Campaigns" count={list.totalCount}>
          <CopyGraphQL operation={CampaignsQuery} variables={ALL} />
          {create}
        </PageHead>
        <FilterBar>
          <SegmentedControl
            size="xs"
            aria-label="View"
            value={state.view === "calendar" ? "calendar" : "list"}
            data={[{ value: "list", label: "List" }, { value: "calendar", label: "Calendar" }]}
            onChange={(view) => setState({ view: view === "list" ? undefined : view })}
          />
        </FilterBar>
        {state.view === "calendar"
          ? (
            <Calendar
              campaigns={list.rows}
              month={state.month}
              onMonth={(month) => setState({ month })}
            />
          )
          : (
            <List
              label="Campaigns"
              list={list}
              columns={COLUMNS}
              openId={id}
              pageOf={(row) => ({ to: `/campaigns/${row.id}`, search: view })}
              empty={empty}
            />
          )}
      </Split>
    </ReloadCampaigns>
  );
}
