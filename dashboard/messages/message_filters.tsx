import { Chip } from "@mantine/core";
import { ChipFilter, FilterBar, SearchFilter } from "../kit/filters.tsx";
import { listOf, type UrlState } from "../kit/url_state.ts";
import { MESSAGE_STATUSES, messageStatusLabel } from "./message_status.tsx";

// Each quote has two messages to one recipient, which its own page shows.
const QUOTE_MAIL_TYPES = ["quote_customer", "quote_admin"];

/** Filter of messages from the URL. */
export function filterOf({ status, q, failures, quotes }: UrlState) {
  return {
    ...(!quotes && { excludedTypes: QUOTE_MAIL_TYPES }),
    ...(listOf(status, MESSAGE_STATUSES) && { statuses: listOf(status, MESSAGE_STATUSES) }),
    ...(q && { search: q }),
    ...(failures && { withFailures: true }),
  };
}

/** Filters of the history: text, states, with failures only, also mails of quotes. */
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
      <Chip
        size="xs"
        variant="outline"
        checked={state.quotes !== undefined}
        onChange={(checked) => onChange({ quotes: checked ? "1" : undefined })}
      >
        With mails of quotes
      </Chip>
    </FilterBar>
  );
}
