import { useHotkeys } from "@mantine/hooks";
import { useState } from "react";
import type { Row } from "./live_rows.ts";

interface ListActions<R extends Row> {
  readonly list: { readonly rows: readonly R[] };
  readonly onOpen?: (row: R) => void;
  readonly onToggle?: (row: R) => void;
}

/**
 * Keys of a list: j and k move, Enter opens, x selects.
 *
 * @returns index of the focused row; -1 before the first key
 */
export function useListKeys<R extends Row>(
  { list, onOpen, onToggle }: ListActions<R>,
  scrollTo: (index: number) => void,
): number {
  const [focused, setFocused] = useState(-1);

  function move(step: number) {
    const index = Math.max(0, Math.min(list.rows.length - 1, focused + step));
    setFocused(index);
    scrollTo(index);
  }

  function withRow(act: ((row: R) => void) | undefined) {
    const row = list.rows[focused];
    if (row) act?.(row);
  }

  useHotkeys([
    ["j", () => move(1)],
    ["k", () => move(-1)],
    ["x", () => withRow(onToggle)],
    ["Enter", () => withRow(onOpen), { preventDefault: false }],
  ], ["INPUT", "TEXTAREA", "SELECT", "BUTTON", "A"]);
  return focused;
}
