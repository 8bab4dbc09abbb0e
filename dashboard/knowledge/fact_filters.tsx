import { ChipFilter, FilterBar, SearchFilter, ViewFilter } from "../kit/filters.tsx";
import { listOf, type UrlState } from "../kit/url_state.ts";
import type { FactState } from "./fact_fields.ts";
import { SCOPE_KINDS, type ScopeKind, scopeKindLabel } from "./scope.ts";

/** View without a name in the URL. */
const FIRST_VIEW = "proposed";
const VIEWS: Readonly<Record<string, { readonly label: string; readonly states: FactState[] }>> = {
  [FIRST_VIEW]: { label: "Proposed", states: ["PROPOSED"] },
  approved: { label: "Approved", states: ["APPROVED"] },
  used: { label: "Both", states: ["PROPOSED", "APPROVED"] },
  dismissed: { label: "Dismissed", states: ["DISMISSED"] },
};

/** Variables of a list of facts. */
export type FactFilter = {
  readonly search: string | null;
  readonly states: FactState[];
  readonly scopes: ScopeKind[] | null;
};

/** Filter of a list of facts from the URL. */
export function filterOf({ view = FIRST_VIEW, scope, q }: UrlState): FactFilter {
  return {
    search: q || null,
    states: VIEWS[view]?.states ?? ["PROPOSED"],
    scopes: listOf(scope, SCOPE_KINDS) ?? null,
  };
}

/** Filters of a list of facts: a text, their state, and the mails they are used for. */
export function FactFilters({ state, onChange }: {
  readonly state: UrlState;
  readonly onChange: (changes: UrlState) => void;
}) {
  return (
    <FilterBar>
      <SearchFilter
        label="Search question and answer"
        value={state.q}
        onChange={(q) => onChange({ q })}
      />
      <ViewFilter
        label="State"
        views={VIEWS}
        chosen={state.view ?? FIRST_VIEW}
        onChange={(view) => onChange({ view: view === FIRST_VIEW ? undefined : view })}
      />
      <span className="dimmed" aria-hidden>Used for</span>
      <ChipFilter
        label="Used for"
        values={SCOPE_KINDS}
        chosen={listOf(state.scope, SCOPE_KINDS)}
        onChange={(scope) => onChange({ scope })}
      >
        {scopeKindLabel}
      </ChipFilter>
    </FilterBar>
  );
}
