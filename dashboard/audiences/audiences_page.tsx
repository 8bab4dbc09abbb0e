import { Button } from "@mantine/core";
import { IconUpload } from "@tabler/icons-react";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { useState } from "react";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { FilterBar, SearchFilter } from "../kit/filters.tsx";
import { formatCount, formatEnum } from "../kit/format.ts";
import { type Column, List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Split } from "../kit/split.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { type AudienceRow, AUDIENCES, AudiencesQuery } from "./audience_fields.ts";
import { ReloadAudiences } from "./audience_list.ts";
import { AudienceState } from "./audience_state.tsx";
import { ImportDialog } from "./import_dialog.tsx";

const COLUMNS: readonly Column<AudienceRow>[] = [
  { header: "Name", width: "minmax(8rem, 1fr)", cell: ({ name }) => <strong>{name}</strong> },
  { header: "State", width: "10rem", cell: (audience) => <AudienceState audience={audience} /> },
  {
    header: "Channel",
    width: "6rem",
    secondary: true,
    cell: ({ channel }) => formatEnum(channel),
  },
  {
    header: "Recipients",
    width: "6.5rem",
    numeric: true,
    cell: ({ recipientCount }) => formatCount(recipientCount),
  },
  {
    header: "Refused rows",
    width: "7rem",
    numeric: true,
    secondary: true,
    cell: (audience) => formatCount(audience.import?.refused ?? 0),
  },
  {
    header: "Created",
    width: "6.5rem",
    numeric: true,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

/** Audiences, with the open one beside them. */
export default function AudiencesPage() {
  const [state, setState] = useUrlState();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false });
  const [importing, setImporting] = useState(false);
  const variables = { search: state.q ?? null };
  const list = useLiveList(AUDIENCES, variables);
  const startImport = (
    <Button
      leftSection={<IconUpload size={16} />}
      onClick={() => setImporting(true)}
    >
      Import a file
    </Button>
  );
  return (
    <ReloadAudiences value={list.reload}>
      <Split
        open={id !== undefined}
        onClose={() => navigate({ to: "/audiences", search: { q: state.q } })}
        detail={<Outlet />}
      >
        <PageHead title="Audiences" count={list.totalCount}>
          <CopyGraphQL operation={AudiencesQuery} variables={variables} />
          {startImport}
        </PageHead>
        <FilterBar>
          <SearchFilter label="Search names" value={state.q} onChange={(q) => setState({ q })} />
        </FilterBar>
        <List
          label="Audiences"
          list={list}
          columns={COLUMNS}
          openId={id}
          pageOf={(row) => ({ to: `/audiences/${row.id}`, search: { q: state.q } })}
          empty={state.q
            ? <Empty title="No audience matches">Change or clear the search to see more.</Empty>
            : (
              <Empty title="No audiences yet" action={startImport}>
                An audience is a list of recipients from a file, for one message or many. Its
                columns are variables of the content.
              </Empty>
            )}
        />
      </Split>
      <ImportDialog
        opened={importing}
        onClose={() => setImporting(false)}
        onImported={list.reload}
      />
    </ReloadAudiences>
  );
}
