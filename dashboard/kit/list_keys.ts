import { useState } from "react";
import { useKeys } from "./keys.ts";
import type { Row } from "./live_rows.ts";

interface ListActions<R extends Row> {
  readonly list: { readonly rows: readonly R[] };
  readonly onOpen?: (row: R) => void;
  readonly onToggle?: (row: R) => void;
}

/**
 * Keys of a list: j and k move, Enter opens, x selects.
 *
 * @param show scrolls to a row and moves the focus of the page to it
 * @returns index of the focused row, -1 before there is one, and a function that changes it
 */
export function useListKeys<R extends Row>(
  { list, onOpen, onToggle }: ListActions<R>,
  show: (index: number) => void,
): [focused: number, setFocused: (index: number) => void] {
  const [focused, setFocused] = useState(-1);

  function move(step: number) {
    const index = Math.max(0, Math.min(list.rows.length - 1, focused + step));
    setFocused(index);
    show(index);
  }

  function withRow(act: ((row: R) => void) | undefined) {
    const row = list.rows[focused];
    if (row) act?.(row);
  }

  useKeys([
    ["j", () => move(1)],
    ["k", () => move(-1)],
    ["x", () => withRow(onToggle)],
    ["Enter", () => withRow(onOpen)],
  ]);
  return [focused, setFocused];
}
