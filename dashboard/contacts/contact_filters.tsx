import type { VariablesOf } from "../api/graphql.ts";
import { FilterBar, SearchFilter, ViewFilter } from "../kit/filters.tsx";
import type { UrlState } from "../kit/url_state.ts";
import type { ContactsQuery } from "./contact_fields.ts";

type ContactFilter = NonNullable<VariablesOf<typeof ContactsQuery>["filter"]>;

const VIEWS: Readonly<Record<string, { readonly label: string; readonly filter: ContactFilter }>> =
  {
    active: { label: "Active", filter: { active: true } },
    unsubscribed: { label: "Unsubscribed", filter: { unsubscribed: true } },
    inactive: { label: "Suppressed", filter: { active: false } },
    vip: { label: "Important", filter: { vip: true } },
  };

/** Filter of a list of contacts from the URL. */
export function filterOf({ view = "", q }: UrlState): ContactFilter {
  return { ...VIEWS[view]?.filter, ...(q && { search: q }) };
}

/** Filters of a list of contacts: a text, and one of the usual views. */
export function ContactFilters({ state, onChange }: {
  readonly state: UrlState;
  readonly onChange: (changes: UrlState) => void;
}) {
  return (
    <FilterBar>
      <SearchFilter
        label="Search address or name"
        value={state.q}
        onChange={(q) => onChange({ q })}
      />
      <ViewFilter
        label="State"
        views={VIEWS}
        chosen={state.view}
        onChange={(view) => onChange({ view })}
      />
    </FilterBar>
  );
}
