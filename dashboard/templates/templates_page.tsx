import { SegmentedControl } from "@mantine/core";
import { IconPlus } from "@tabler/icons-react";
import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { FilterBar, SearchFilter } from "../kit/filters.tsx";
import { formatCount } from "../kit/format.ts";
import { ButtonLink } from "../kit/links.tsx";
import { type Column, List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Split } from "../kit/split.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { useIsAdmin } from "../shell/viewer.tsx";
import { ReloadTemplates } from "./template_list.ts";
import { type TemplateRow, TEMPLATES, TemplatesQuery } from "./template_fields.ts";

const COLUMNS: readonly Column<TemplateRow>[] = [
  { header: "Name", width: "minmax(8rem, 1fr)", cell: ({ name }) => <strong>{name}</strong> },
  {
    header: "Version",
    width: "5rem",
    numeric: true,
    cell: ({ version }) => formatCount(version),
  },
  {
    header: "Changed by",
    width: "minmax(6rem, 10rem)",
    secondary: true,
    cell: ({ updatedBy }) => updatedBy ?? "",
  },
  {
    header: "Changed",
    width: "6.5rem",
    numeric: true,
    cell: ({ updatedAt }) => <RelativeTime at={updatedAt} />,
  },
];

/** Templates, with the open one beside them. */
export default function TemplatesPage() {
  const [state, setState] = useUrlState();
  const navigate = useNavigate();
  const { id } = useParams({ strict: false });
  const isAdmin = useIsAdmin();
  const { q, archived } = state;
  const variables = { search: q ?? null, archived: archived === "true" };
  const list = useLiveList(TEMPLATES, variables);
  const create = isAdmin && (
    <ButtonLink to="/templates/new" leftSection={<IconPlus size={16} />}>New template</ButtonLink>
  );
  return (
    <ReloadTemplates value={list.reload}>
      <Split
        open={id !== undefined}
        onClose={() => navigate({ to: "/templates", search: { q, archived } })}
        detail={<Outlet />}
      >
        <PageHead title="Templates" count={list.totalCount}>
          <CopyGraphQL operation={TemplatesQuery} variables={variables} />
          {create}
        </PageHead>
        <FilterBar>
          <SearchFilter label="Search names" value={q} onChange={(text) => setState({ q: text })} />
          <SegmentedControl
            size="xs"
            aria-label="State"
            value={archived ?? "false"}
            onChange={(value) => setState({ archived: value === "true" ? value : undefined })}
            data={[{ value: "false", label: "In use" }, { value: "true", label: "Archived" }]}
          />
        </FilterBar>
        <List
          label="Templates"
          list={list}
          columns={COLUMNS}
          openId={id}
          pageOf={(row) => ({ to: `/templates/${row.id}`, search: { q, archived } })}
          empty={q || archived
            ? <Empty title="No template matches">Change or clear the filters to see more.</Empty>
            : (
              <Empty title="No templates yet" action={create}>
                A template is a content with a name, for messages and campaigns. Each change is a
                version of its own, so that you can return to an earlier one.
              </Empty>
            )}
        />
      </Split>
    </ReloadTemplates>
  );
}
