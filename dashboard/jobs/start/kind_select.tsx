import { Select } from "@mantine/core";
import { formatDuration, formatEnum } from "../../kit/format.ts";
import type { KindInfo } from "../job_kinds.ts";

/** Choice of a kind, with what it does and its defaults. */
export function KindSelect({ kinds, chosen, onChange }: {
  readonly kinds: readonly KindInfo[];
  readonly chosen: KindInfo | undefined;
  readonly onChange: (kind: string) => void;
}) {
  return (
    <>
      <Select
        label="Kind"
        placeholder="What should be done?"
        searchable
        allowDeselect={false}
        data={kinds.map(({ kind }) => ({ value: kind, label: formatEnum(kind) }))}
        value={chosen?.kind ?? null}
        onChange={(kind) => kind && onChange(kind)}
      />
      {chosen && (
        <p>
          {chosen.description.split("`").map((text, index) =>
            index % 2 === 0 ? text : <code key={index}>{text}</code>
          )}{" "}
          <span className="dimmed">
            Lane {formatEnum(chosen.lane)}, an attempt may take {formatDuration(chosen.timeoutMs)}.
          </span>
        </p>
      )}
    </>
  );
}
