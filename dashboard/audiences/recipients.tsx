import { IconBan } from "@tabler/icons-react";
import type { ResultOf } from "../api/graphql.ts";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { FilterBar, SearchFilter } from "../kit/filters.tsx";
import { type Column, List } from "../kit/list.tsx";
import { liveListOf, useLiveList } from "../kit/live_list.ts";
import { Status } from "../kit/status.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { RecipientsQuery } from "./operations.ts";

type RecipientPage = NonNullable<ResultOf<typeof RecipientsQuery>["audience"]>["recipients"];
type RecipientRow = RecipientPage["nodes"][number] & { readonly id: string };

const RECIPIENTS = liveListOf({
  query: RecipientsQuery,
  page: ({ audience }) => ({
    totalCount: audience?.recipients.totalCount ?? 0,
    pageInfo: audience?.recipients.pageInfo ?? { hasNextPage: false, endCursor: null },
    // An address is in an audience once.
    nodes: audience?.recipients.nodes.map((row) => ({ ...row, id: row.address })) ?? [],
  }),
  subscription: null,
  changes: () => ({ reset: true, changed: [], removedIds: [] }),
});

const COLUMNS: readonly Column<RecipientRow>[] = [
  { header: "Recipient", width: "minmax(9rem, 1.2fr)", cell: ({ address }) => address },
  { header: "Name", width: "minmax(6rem, 1fr)", cell: ({ name }) => name },
  {
    header: "Suppression",
    width: "7.5rem",
    cell: ({ suppressed }) => suppressed && <Status tone="wait" icon={IconBan}>Suppressed</Status>,
  },
  {
    header: "Variables",
    width: "minmax(8rem, 2fr)",
    secondary: true,
    cell: ({ variables }) => <VariablesText variables={variables} />,
  },
];

/** Recipients of an audience in the order of the file, with a search. */
export function Recipients({ id, count }: {
  readonly id: string;
  /** Number of recipients: a change of it reads them again. */
  readonly count: number;
}) {
  const [{ recipient }, setState] = useUrlState();
  const variables = { id, search: recipient ?? null };
  return (
    <>
      <FilterBar>
        <SearchFilter
          label="Search address or name"
          value={recipient}
          onChange={(recipient) => setState({ recipient })}
        />
        <CopyGraphQL operation={RecipientsQuery} variables={variables} />
      </FilterBar>
      {/* The search is outside, because a new key would drop what is being typed. */}
      <RecipientList key={count} variables={variables} />
    </>
  );
}

function RecipientList({ variables }: {
  readonly variables: { readonly id: string; readonly search: string | null };
}) {
  const list = useLiveList(RECIPIENTS, variables);
  return (
    <List
      label="Recipients"
      list={list}
      columns={COLUMNS}
      empty={variables.search
        ? <Empty title="No recipient matches">Change or clear the search to see more.</Empty>
        : <Empty title="No recipients">Add recipients from a file.</Empty>}
    />
  );
}

function VariablesText({ variables }: { readonly variables: Readonly<Record<string, unknown>> }) {
  const text = Object.entries(variables).map(([name, value]) => `${name}: ${textOf(value)}`)
    .join(" · ");
  return <span className="dimmed" title={text}>{text}</span>;
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}
