import { SegmentedControl } from "@mantine/core";
import { type PeriodName, PERIODS } from "./period.ts";

/** Choice of the period of a page with results over time. */
export function PeriodFilter({ name, onChange }: {
  readonly name: PeriodName;
  readonly onChange: (name: string) => void;
}) {
  return (
    <SegmentedControl
      aria-label="Period"
      size="xs"
      data={PERIODS.map(({ value, length }) => ({ value, label: length }))}
      value={name}
      onChange={onChange}
    />
  );
}
