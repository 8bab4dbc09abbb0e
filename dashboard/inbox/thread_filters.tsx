import { Group } from "@mantine/core";
import type { ReactNode } from "react";
import type { VariablesOf } from "../api/graphql.ts";
import { ChipFilter, FilterBar, SearchFilter, ViewFilter } from "../kit/filters.tsx";
import { listOf, type UrlState } from "../kit/url_state.ts";
import { SUGGESTION_STATUSES, suggestionLabel } from "./suggestion_state.tsx";
import type { ThreadsQuery } from "./thread_fields.ts";

type ThreadFilter = NonNullable<VariablesOf<typeof ThreadsQuery>["filter"]>;

/** View without a name in the URL. */
const FIRST_VIEW = "unanswered";
const VIEWS: Readonly<Record<string, { readonly label: string; readonly filter: ThreadFilter }>> = {
  [FIRST_VIEW]: { label: "Unanswered", filter: { answered: false } },
  important: { label: "Important", filter: { vip: true } },
  answered: { label: "Answered", filter: { answered: true } },
  all: { label: "All", filter: {} },
};

/** Filter of a list of threads from the URL. */
export function filterOf({ view, suggestion, q }: UrlState): ThreadFilter {
  const suggestionStatuses = listOf(suggestion, SUGGESTION_STATUSES);
  return {
    ...VIEWS[view ?? FIRST_VIEW]?.filter,
    ...(suggestionStatuses && { suggestionStatuses }),
    ...(q && { search: q }),
  };
}

/** Filters of a list of threads: a text, one of the usual views, and states of the suggestion. */
export function ThreadFilters({ state, onChange, children }: {
  readonly state: UrlState;
  readonly onChange: (changes: UrlState) => void;
  /** Actions on the selected threads. */
  readonly children: ReactNode;
}) {
  return (
    <FilterBar>
      <SearchFilter
        label="Search the mails"
        value={state.q}
        onChange={(q) => onChange({ q })}
      />
      <ViewFilter
        label="Threads"
        views={VIEWS}
        chosen={state.view ?? FIRST_VIEW}
        onChange={(view) => onChange({ view: view === FIRST_VIEW ? undefined : view })}
      />
      <Group gap="xs" wrap="nowrap">
        <span className="dimmed" aria-hidden>Suggestion</span>
        <ChipFilter
          label="Suggestion"
          values={SUGGESTION_STATUSES}
          chosen={listOf(state.suggestion, SUGGESTION_STATUSES)}
          onChange={(suggestion) => onChange({ suggestion })}
        >
          {suggestionLabel}
        </ChipFilter>
      </Group>
      {children}
    </FilterBar>
  );
}
