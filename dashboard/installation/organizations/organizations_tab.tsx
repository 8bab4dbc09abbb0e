import { Button } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { useState } from "react";
import { CopyGraphQL } from "../../kit/copy_graphql.tsx";
import { Empty } from "../../kit/empty.tsx";
import { FilterBar, SearchFilter } from "../../kit/filters.tsx";
import { type Column, List } from "../../kit/list.tsx";
import { useLiveList } from "../../kit/live_list.ts";
import { RelativeTime } from "../../kit/relative_time.tsx";
import { useUrlState } from "../../kit/url_state.ts";
import { CreateOrganization } from "./create_organization.tsx";
import { Deletion } from "./deletion.tsx";
import { type OrganizationRow, ORGANIZATIONS, OrganizationsQuery } from "./operations.ts";
import { OrganizationDrawer } from "./organization_drawer.tsx";

const COLUMNS: readonly Column<OrganizationRow>[] = [
  { header: "Name", width: "minmax(8rem, 1fr)", cell: ({ name }) => <strong>{name}</strong> },
  {
    header: "Sender",
    width: "minmax(8rem, 1fr)",
    cell: ({ from }) => from?.address ?? <span className="dimmed">MAIL_FROM</span>,
  },
  {
    header: "Replies go to",
    width: "minmax(8rem, 1fr)",
    secondary: true,
    cell: ({ replyTo }) => replyTo ?? <span className="dimmed">the sender</span>,
  },
  {
    header: "Created",
    width: "7rem",
    numeric: true,
    cell: ({ createdAt }) => <RelativeTime at={createdAt} />,
  },
];

/** Organizations of the installation: created, changed and deleted here. */
export function OrganizationsTab() {
  const [state, setState] = useUrlState();
  const [creating, setCreating] = useState(false);
  const variables = { search: state.q ?? null };
  const list = useLiveList(ORGANIZATIONS, variables);
  return (
    <>
      <div className="tab-head">
        <FilterBar>
          <SearchFilter label="Search names" value={state.q} onChange={(q) => setState({ q })} />
        </FilterBar>
        <CopyGraphQL operation={OrganizationsQuery} variables={variables} />
        <Button
          size="compact-md"
          leftSection={<IconPlus size={15} />}
          onClick={() => setCreating(true)}
        >
          Create an organization
        </Button>
      </div>
      {state.deletion && (
        <Deletion
          key={state.deletion}
          jobId={state.deletion}
          onDone={() => setState({ deletion: undefined })}
        />
      )}
      <List
        label="Organizations"
        list={list}
        columns={COLUMNS}
        openId={state.organization}
        onOpen={({ id }) => setState({ organization: id }, "push")}
        empty={<Empty title="No organization matches">Change the search to see more.</Empty>}
      />
      <CreateOrganization
        opened={creating}
        onClose={() => setCreating(false)}
        onCreated={list.reload}
      />
      <OrganizationDrawer
        id={state.organization}
        onClose={() => setState({ organization: undefined })}
        onChanged={list.reload}
        onDeleted={(deletion) => {
          setState({ organization: undefined, deletion });
          list.reload();
        }}
      />
    </>
  );
}
