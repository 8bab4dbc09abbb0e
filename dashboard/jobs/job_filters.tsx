import { Button, Chip, MultiSelect, Pill, TagsInput } from "@mantine/core";
import { IconAdjustmentsHorizontal } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { ChipFilter, FilterBar, SearchFilter } from "../kit/filters.tsx";
import { formatEnum } from "../kit/format.ts";
import { listOf, type UrlState } from "../kit/url_state.ts";
import { useViewer } from "../shell/viewer.tsx";
import { useErrorTypes } from "./error_types.ts";
import { LANES } from "./job_filter.ts";
import type { KindInfo } from "./job_kinds.ts";
import { JOB_STATUSES, jobStatusLabel } from "./job_status.tsx";
import { PayloadFilter } from "./payload_filter.tsx";
import { TimeFilter } from "./time_filter.tsx";

interface FilterProps {
  readonly state: UrlState;
  readonly onChange: (changes: UrlState) => void;
  readonly kinds: readonly KindInfo[];
}

const MORE = ["lane", "error", "since", "from", "to", "path", "equals"];
// Only links of other pages set them.
const LINKED = { subject: "Works on", problem: "Problem", user: "Started by" } as const;

/** Filters of jobs: text, states, kinds, and the rarer ones behind a button. */
export function JobFilters({ state, onChange, kinds, children }: FilterProps & {
  /** Actions on selected jobs. */
  readonly children: ReactNode;
}) {
  const used = MORE.filter((name) => state[name]).length;
  const [open, setOpen] = useState(used > 0);
  const names = kinds.map(({ kind }) => kind);
  const { role } = useViewer();
  return (
    <>
      <FilterBar>
        <SearchFilter
          label="Search payload or error"
          value={state.q}
          onChange={(q) => onChange({ q })}
        />
        <ChipFilter
          label="Status"
          values={JOB_STATUSES}
          chosen={listOf(state.status, JOB_STATUSES)}
          onChange={(status) => onChange({ status })}
        >
          {jobStatusLabel}
        </ChipFilter>
        <Choice
          label="Kind"
          names={names}
          value={listOf(state.kind, names) ?? []}
          onChange={(chosen) => onChange({ kind: chosen.join(",") })}
        />
        {role === "OPERATOR" && (
          <Chip
            size="xs"
            variant="outline"
            checked={state.system !== undefined}
            onChange={(checked) => onChange({ system: checked ? "1" : undefined })}
          >
            System jobs
          </Chip>
        )}
        <Button
          size="compact-sm"
          variant="subtle"
          leftSection={<IconAdjustmentsHorizontal size={14} />}
          aria-expanded={open}
          onClick={() => setOpen(!open)}
        >
          {used > 0 ? `More filters (${used})` : "More filters"}
        </Button>
        {Object.entries(LINKED).map(([name, label]) =>
          state[name] && (
            <Pill
              key={name}
              withRemoveButton
              removeButtonProps={{ "aria-label": `Remove the filter ${label}` }}
              onRemove={() => onChange({ [name]: undefined })}
            >
              {label} {state[name]}
            </Pill>
          )
        )}
        {children}
      </FilterBar>
      {open && <MoreFilters state={state} onChange={onChange} kinds={kinds} />}
    </>
  );
}

function MoreFilters({ state, onChange, kinds }: FilterProps) {
  const errorTypes = useErrorTypes();
  return (
    <FilterBar>
      <Choice
        label="Lane"
        names={LANES}
        value={listOf(state.lane, LANES) ?? []}
        onChange={(lanes) => onChange({ lane: lanes.join(",") })}
      />
      <TagsInput
        className="choice-filter"
        size="xs"
        aria-label="Error type"
        placeholder={state.error ? undefined : "Error type"}
        data={errorTypes}
        value={state.error?.split(",") ?? []}
        onChange={(types) => onChange({ error: types.join(",") })}
      />
      <TimeFilter state={state} onChange={onChange} />
      <PayloadFilter state={state} onChange={onChange} kinds={kinds} />
    </FilterBar>
  );
}

function Choice({ label, names, value, onChange }: {
  readonly label: string;
  readonly names: readonly string[];
  readonly value: readonly string[];
  readonly onChange: (names: string[]) => void;
}) {
  return (
    <MultiSelect
      className="choice-filter"
      size="xs"
      aria-label={label}
      placeholder={value.length > 0 ? undefined : label}
      searchable
      clearable
      clearButtonProps={{ "aria-label": `Clear the filter ${label}` }}
      data={names.map((name) => ({ value: name, label: formatEnum(name) }))}
      value={[...value]}
      onChange={onChange}
    />
  );
}
