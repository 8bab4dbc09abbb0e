import { Chip, Group, Pill, Select } from "@mantine/core";
import type { ReactNode } from "react";
import { FilterBar, SearchFilter } from "../kit/filters.tsx";
import { formatEnum } from "../kit/format.ts";
import { listOf, type UrlState } from "../kit/url_state.ts";
import { DELIVERY_STATUSES, LOST_STATUSES } from "./delivery_status.tsx";
import { ALL_ERROR_TYPES, ERROR_TYPES } from "./error_types.ts";
import { PERIODS } from "./period.ts";

/** Filters that only links from other pages set; they can be removed. */
const LINKED = ["message", "problem", "provider", "type"] as const;

/**
 * Filter of deliveries from the URL.
 *
 * @param createdFrom start of the period of the URL; null: no limit
 */
export function filterOf(state: UrlState, createdFrom: string | null) {
  const statuses = listOf(state.status, DELIVERY_STATUSES);
  const errorTypes = listOf(state.errors, ALL_ERROR_TYPES);
  return {
    ...(statuses && { statuses }),
    ...(errorTypes && { errorTypes }),
    ...(state.q && { search: state.q }),
    ...(createdFrom && { createdFrom }),
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
  /** Stands beside the search. */
  readonly children: ReactNode;
}) {
  const errorTypes = listOf(state.errors, ALL_ERROR_TYPES) ?? [];
  const hasErrors = errorTypes.length > 0 || listOf(state.status, LOST_STATUSES) !== undefined;
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
      <Chip.Group
        multiple
        value={listOf(state.status, DELIVERY_STATUSES) ?? []}
        onChange={(statuses) => onChange({ status: statuses.join(",") })}
      >
        <Group gap={6}>
          {DELIVERY_STATUSES.map((status) => (
            <Chip key={status} value={status} size="xs" variant="outline">
              {formatEnum(status)}
            </Chip>
          ))}
        </Group>
      </Chip.Group>
      {hasErrors && (
        <Chip.Group
          multiple
          value={errorTypes}
          onChange={(types) => onChange({ errors: types.join(",") })}
        >
          <Group gap={6}>
            {ALL_ERROR_TYPES.map((type) => (
              <Chip
                key={type}
                value={type}
                size="xs"
                variant="outline"
                title={ERROR_TYPES[type].meaning}
              >
                {ERROR_TYPES[type].label}
              </Chip>
            ))}
          </Group>
        </Chip.Group>
      )}
      {LINKED.map((name) =>
        state[name] && (
          <Pill
            key={name}
            withRemoveButton
            removeButtonProps={{ "aria-label": `Remove the filter ${name}` }}
            onRemove={() => onChange({ [name]: undefined })}
          >
            {name} {state[name]}
          </Pill>
        )
      )}
    </FilterBar>
  );
}
