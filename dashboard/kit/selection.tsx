import { Checkbox } from "@mantine/core";
import { useMemo, useState } from "react";
import type { Column } from "./list_row.tsx";
import type { Row } from "./live_rows.ts";

/** Rows that the user has selected, by id. They stay selected while a filter hides them. */
export interface Selection<R extends Row> {
  readonly rows: ReadonlyMap<string, R>;
  readonly toggle: (row: R) => void;
  /** Selects rows in addition to those that are selected. */
  readonly add: (rows: readonly R[]) => void;
  readonly clear: () => void;
  /** Column with the check boxes; stands first. */
  readonly column: Column<R>;
}

/**
 * Selects rows of a list, by check boxes and the key x.
 *
 * @param nameOf names a row for screen readers; a constant of a module
 */
export function useSelection<R extends Row>(nameOf: (row: R) => string): Selection<R> {
  const [rows, setRows] = useState<ReadonlyMap<string, R>>(new Map());
  return useMemo(() => {
    function toggle(row: R) {
      const next = new Map(rows);
      if (!next.delete(row.id)) next.set(row.id, row);
      setRows(next);
    }
    return {
      rows,
      toggle,
      add: (added) => setRows(new Map([...rows, ...added.map((row) => [row.id, row] as const)])),
      clear: () => setRows(new Map()),
      column: {
        header: "",
        width: "1.5rem",
        cell: (row) => (
          <Checkbox
            size="xs"
            aria-label={`Select ${nameOf(row)}`}
            checked={rows.has(row.id)}
            onChange={() => toggle(row)}
          />
        ),
      },
    };
  }, [rows, nameOf]);
}
