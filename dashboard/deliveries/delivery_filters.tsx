import { Pill, Select } from "@mantine/core";
import type { ReactNode } from "react";
import { ChipFilter, FilterBar, SearchFilter } from "../kit/filters.tsx";
import { formatEnum } from "../kit/format.ts";
import { listOf, type UrlState } from "../kit/url_state.ts";
import { DELIVERY_STATUSES, LOST_STATUSES } from "./delivery_status.tsx";
import { ALL_ERROR_TYPES, ERROR_TYPES } from "./error_types.ts";
import { lengthOf, PERIODS } from "../kit/period.ts";

// Filters that only links from other pages set; they can be removed.
const LINKED = ["message", "problem", "provider", "type"] as const;

/**
 * Filter of deliveries from the URL.
 *
 * @param since starts of the periods of the URL; null: no limit
 */
export function filterOf(
  state: UrlState,
  { createdFrom, failedFrom }: {
    readonly createdFrom: string | null;
    readonly failedFrom: string | null;
  },
) {
  const statuses = listOf(state.status, DELIVERY_STATUSES);
  const errorTypes = listOf(state.errors, ALL_ERROR_TYPES);
  return {
    ...(statuses && { statuses }),
    ...(errorTypes && { errorTypes }),
    ...(state.q && { search: state.q }),
    ...(createdFrom && { createdFrom }),
    ...(failedFrom && { failedFrom }),
    ...(state.message && { messageId: state.message }),
    ...(state.problem && { problemId: state.problem }),
    ...(state.provider && { providers: [state.provider] }),
    ...(state.type && { types: [state.type] }),
  };
}

/** Filters of deliveries: recipient, period, states, and error types once a state of failure is chosen. */
export function DeliveryFilters({ state, onChange, children }: {
  readonly state: UrlState;
  readonly onChange: (changes: UrlState) => void;
  /** Shown beside the search. */
  readonly children: ReactNode;
}) {
  const errorTypes = listOf(state.errors, ALL_ERROR_TYPES);
  const hasErrors = errorTypes !== undefined || listOf(state.status, LOST_STATUSES) !== undefined;
  const failedIn = lengthOf(state.failed);
  return (
    <FilterBar>
      <SearchFilter
        label="Recipient's address or name"
        value={state.q}
        onChange={(q) => onChange({ q })}
      />
      <Select
        size="xs"
        w="9rem"
        aria-label="Created"
        placeholder="Created any time"
        clearable
        data={PERIODS.map(({ value, length }) => ({ value, label: `Last ${length}` }))}
        value={state.period ?? null}
        onChange={(period) => onChange({ period: period ?? undefined })}
      />
      {children}
      <ChipFilter
        label="Status"
        values={DELIVERY_STATUSES}
        chosen={listOf(state.status, DELIVERY_STATUSES)}
        onChange={(status) => onChange({ status })}
      >
        {formatEnum}
      </ChipFilter>
      {hasErrors && (
        <ChipFilter
          label="Error type"
          values={ALL_ERROR_TYPES}
          chosen={errorTypes}
          onChange={(errors) => onChange({ errors })}
        >
          {(type) => <span title={ERROR_TYPES[type].meaning}>{ERROR_TYPES[type].label}</span>}
        </ChipFilter>
      )}
      {failedIn && (
        <LinkedFilter
          text={`Failed in the last ${failedIn}`}
          onRemove={() => onChange({ failed: undefined })}
        />
      )}
      {LINKED.map((name) =>
        state[name] && (
          <LinkedFilter
            key={name}
            text={`${formatEnum(name)} ${state[name]}`}
            onRemove={() => onChange({ [name]: undefined })}
          />
        )
      )}
    </FilterBar>
  );
}

function LinkedFilter({ text, onRemove }: {
  readonly text: string;
  readonly onRemove: () => void;
}) {
  return (
    <Pill
      withRemoveButton
      removeButtonProps={{ "aria-label": `Remove the filter: ${text}` }}
      onRemove={onRemove}
    >
      {text}
    </Pill>
  );
}
