import type { ReactNode } from "react";
import { ChipFilter, FilterBar, SearchFilter } from "../kit/filters.tsx";
import { formatEnum } from "../kit/format.ts";
import { listOf, type UrlState } from "../kit/url_state.ts";
import { ALL_REASONS } from "./reasons.ts";

/** Filter of the suppression list from the URL. */
export function filterOf({ reason, q }: UrlState) {
  const reasons = listOf(reason, ALL_REASONS);
  return { ...(reasons && { reasons }), ...(q && { search: q }) };
}

/** Filters of the suppression list: address, reasons. */
export function SuppressionFilters({ state, onChange, children }: {
  readonly state: UrlState;
  readonly onChange: (changes: UrlState) => void;
  /** Actions on selected rows. */
  readonly children: ReactNode;
}) {
  return (
    <FilterBar>
      <SearchFilter label="Search addresses" value={state.q} onChange={(q) => onChange({ q })} />
      <ChipFilter
        label="Reason"
        values={ALL_REASONS}
        chosen={listOf(state.reason, ALL_REASONS)}
        onChange={(reason) => onChange({ reason })}
      >
        {formatEnum}
      </ChipFilter>
      {children}
    </FilterBar>
  );
}
