import { SegmentedControl } from "@mantine/core";
import { ChipFilter, FilterBar, SearchFilter } from "../kit/filters.tsx";
import { formatEnum } from "../kit/format.ts";
import { listOf, type UrlState } from "../kit/url_state.ts";
import type { ProblemSource } from "./problem_fields.ts";
import { PROBLEM_STATES } from "./problem_state.tsx";

const SOURCES: readonly ProblemSource[] = ["DELIVERY", "JOB", "AI_CALL", "WEBHOOK"];
const SOURCE_LABELS: Readonly<Record<ProblemSource, string>> = {
  DELIVERY: "Deliveries",
  JOB: "Jobs",
  AI_CALL: "Language model",
  WEBHOOK: "Events out",
};
const ALL = "ALL";

/** Filter of problems from the URL: the open ones, unless it names another state or ALL. */
export function filterOf({ state = "OPEN", source, q }: UrlState) {
  const states = listOf(state, PROBLEM_STATES);
  const sources = listOf(source, SOURCES);
  return {
    ...(states && { states }),
    ...(sources && { sources }),
    ...(q && { search: q }),
  };
}

/** Filters of problems: text, state, kind of work. */
export function ProblemFilters({ state, onChange }: {
  readonly state: UrlState;
  readonly onChange: (changes: UrlState) => void;
}) {
  return (
    <FilterBar>
      <SearchFilter label="Search problems" value={state.q} onChange={(q) => onChange({ q })} />
      <SegmentedControl
        size="xs"
        aria-label="State"
        value={state.state ?? "OPEN"}
        onChange={(value) => onChange({ state: value === "OPEN" ? undefined : value })}
        data={[...PROBLEM_STATES, ALL].map((value) => ({ value, label: formatEnum(value) }))}
      />
      <ChipFilter
        label="Kind of work"
        values={SOURCES}
        chosen={listOf(state.source, SOURCES)}
        onChange={(source) => onChange({ source })}
      >
        {(source) => SOURCE_LABELS[source]}
      </ChipFilter>
    </FilterBar>
  );
}
