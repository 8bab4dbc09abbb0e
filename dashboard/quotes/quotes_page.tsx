import { Outlet, useNavigate, useParams } from "@tanstack/react-router";
import { BulkActionPanel } from "../bulk_actions/bulk_action_panel.tsx";
import { CopyGraphQL } from "../kit/copy_graphql.tsx";
import { Empty } from "../kit/empty.tsx";
import { List } from "../kit/list.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { PageHead } from "../kit/page_head.tsx";
import { Split } from "../kit/split.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { useIsAdmin } from "../shell/viewer.tsx";
import { NewQuoteButton } from "./new/new_quote_button.tsx";
import { QUOTE_COLUMNS } from "./quote_columns.tsx";
import { QUOTES, QuotesQuery } from "./quote_fields.ts";
import { filterOf, QuoteFilters } from "./quote_filters.tsx";
import { QuotesActions } from "./quotes_actions.tsx";

/** Quotes by state, with the open one beside them. */
export default function QuotesPage() {
  const [state, setState] = useUrlState();
  const navigate = useNavigate();
  const isAdmin = useIsAdmin();
  const { id } = useParams({ strict: false });
  const { status, view, q, bulk } = state;
  const filters = { status, view, q };
  const filter = filterOf(filters);
  const list = useLiveList(QUOTES, { filter });
  const filtered = Object.keys(filter).length > 0;
  return (
    <Split
      open={id !== undefined}
      onClose={() => navigate({ to: "/quotes", search: filters })}
      detail={<Outlet />}
    >
      <PageHead title="Quotes" count={list.totalCount}>
        <CopyGraphQL operation={QuotesQuery} variables={{ filter }} />
        {isAdmin && <QuotesActions />}
        {isAdmin && <NewQuoteButton />}
      </PageHead>
      <QuoteFilters state={state} onChange={setState} />
      {bulk && (
        <BulkActionPanel
          key={bulk}
          id={bulk}
          onClose={() => setState({ bulk: undefined })}
        />
      )}
      <List
        label="Quotes"
        list={list}
        columns={QUOTE_COLUMNS}
        openId={id}
        pageOf={(row) => ({ to: `/quotes/${row.id}`, search: filters })}
        empty={filtered
          ? <Empty title="No quote matches">Remove a filter to see more.</Empty>
          : (
            <Empty title="No quotes yet" action={isAdmin && <NewQuoteButton />}>
              A customer asks for something, the model makes an estimate of it, and the customer and
              the admin get a mail each. Requests that your programs send appear here, too.
            </Empty>
          )}
      />
    </Split>
  );
}
