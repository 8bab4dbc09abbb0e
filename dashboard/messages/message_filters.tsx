import { Chip } from "@mantine/core";
import { ChipFilter, FilterBar, SearchFilter } from "../kit/filters.tsx";
import { listOf, type UrlState } from "../kit/url_state.ts";
import { MESSAGE_STATUSES, messageStatusLabel } from "./message_status.tsx";

/** Filter of messages from the URL. */
export function filterOf({ status, q, failures }: UrlState) {
  return {
    ...(listOf(status, MESSAGE_STATUSES) && { statuses: listOf(status, MESSAGE_STATUSES) }),
    ...(q && { search: q }),
    ...(failures && { withFailures: true }),
  };
}

/** Filters of the history: text, states, with failures only. */
export function MessageFilters({ state, onChange }: {
  readonly state: UrlState;
  readonly onChange: (changes: UrlState) => void;
}) {
  return (
    <FilterBar>
      <SearchFilter label="Search titles" value={state.q} onChange={(q) => onChange({ q })} />
      <ChipFilter
        label="Status"
        values={MESSAGE_STATUSES}
        chosen={listOf(state.status, MESSAGE_STATUSES)}
        onChange={(status) => onChange({ status })}
      >
        {messageStatusLabel}
      </ChipFilter>
      <Chip
        size="xs"
        variant="outline"
        checked={state.failures !== undefined}
        onChange={(checked) => onChange({ failures: checked ? "1" : undefined })}
      >
        With failures
      </Chip>
    </FilterBar>
  );
}
