import { Chip, Group } from "@mantine/core";
import type { ReactNode } from "react";
import { FilterBar, SearchFilter } from "../kit/filters.tsx";
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
      <Chip.Group
        multiple
        value={listOf(state.reason, ALL_REASONS) ?? []}
        onChange={(reasons) => onChange({ reason: reasons.join(",") })}
      >
        <Group gap={6}>
          {ALL_REASONS.map((reason) => (
            <Chip key={reason} value={reason} size="xs" variant="outline">
              {formatEnum(reason)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {children}
    </FilterBar>
  );
}
