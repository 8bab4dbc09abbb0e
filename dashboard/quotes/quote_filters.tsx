import { Tabs } from "@mantine/core";
import type { VariablesOf } from "../api/graphql.ts";
import { FilterBar, SearchFilter, ViewFilter } from "../kit/filters.tsx";
import { formatCount } from "../kit/format.ts";
import { listOf, type UrlState } from "../kit/url_state.ts";
import type { QuotesQuery } from "./quote_fields.ts";
import { useQuoteCounts } from "./quote_counts.ts";
import { QUOTE_STATUSES, quoteStatusLabel } from "./quote_status.tsx";

type QuoteFilter = NonNullable<VariablesOf<typeof QuotesQuery>["filter"]>;

const VIEWS: Readonly<Record<string, { readonly label: string; readonly filter: QuoteFilter }>> = {
  customer: { label: "Mail to the customer failed", filter: { emailFailed: "CUSTOMER" } },
  admin: { label: "Mail to the admin failed", filter: { emailFailed: "ADMIN" } },
  stale: { label: "Stale lock", filter: { lockStale: true } },
};
const ALL = "all";

/** Filter of a list of quotes from the URL. */
export function filterOf({ status, view = "", q }: UrlState): QuoteFilter {
  const statuses = listOf(status, QUOTE_STATUSES);
  return { ...(statuses && { statuses }), ...VIEWS[view]?.filter, ...(q && { search: q }) };
}

/** Filters of a list of quotes: a tab per state, a text, and what needs a person. */
export function QuoteFilters({ state, onChange }: {
  readonly state: UrlState;
  readonly onChange: (changes: UrlState) => void;
}) {
  const chosen = listOf(state.status, QUOTE_STATUSES);
  const countOf = useQuoteCounts();
  return (
    <>
      <Tabs
        className="quote-tabs"
        value={chosen?.length === 1 ? chosen[0] ?? ALL : ALL}
        onChange={(status) =>
          onChange({ status: status === ALL ? undefined : status ?? undefined })}
      >
        <Tabs.List aria-label="State">
          <Tabs.Tab value={ALL}>All</Tabs.Tab>
          {QUOTE_STATUSES.map((status) => (
            <Tabs.Tab
              key={status}
              value={status}
              rightSection={<Count count={countOf(status)} />}
            >
              {quoteStatusLabel(status)}
            </Tabs.Tab>
          ))}
        </Tabs.List>
      </Tabs>
      <FilterBar>
        <SearchFilter
          label="Search name, address or request"
          value={state.q}
          onChange={(q) => onChange({ q })}
        />
        <ViewFilter
          label="Needs a person"
          views={VIEWS}
          chosen={state.view}
          onChange={(view) => onChange({ view })}
        />
      </FilterBar>
    </>
  );
}

function Count({ count }: { readonly count: number | null }) {
  return count !== null && <span className="dimmed numbers">{formatCount(count)}</span>;
}
