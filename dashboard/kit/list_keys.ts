import type { HotkeyItem } from "@mantine/hooks";
import { useState } from "react";
import { useKeys } from "./keys.ts";
import type { Row } from "./live_rows.ts";

interface ListActions<R extends Row> {
  readonly list: { readonly rows: readonly R[] };
  readonly onOpen?: (row: R) => void;
  readonly onToggle?: (row: R) => void;
  readonly rowKeys?: RowKeys<R>;
}

/** Actions on the focused row by their keys; undefined: no row has the focus. */
export type RowKeys<R extends Row> = Readonly<Record<string, (row: R | undefined) => void>>;

/**
 * Keys of a list: j and k move, Enter opens, x selects; `rowKeys` adds more. The focus follows its row, and moves to the
 * one that takes its place when it leaves.
 *
 * @param show scrolls to a row and moves the focus of the page to it
 * @returns index of the focused row, -1 before there is one, and a function that changes it
 */
export function useListKeys<R extends Row>(
  { list: { rows }, onOpen, onToggle, rowKeys = {} }: ListActions<R>,
  show: (index: number) => void,
): [focused: number, setFocused: (index: number) => void] {
  const [focus, setFocus] = useState({ index: -1, id: "" });
  const focused = indexOfFocus(rows, focus);

  function setFocused(index: number) {
    setFocus({ index, id: rows[index]?.id ?? "" });
  }

  function move(step: number) {
    const index = Math.max(0, Math.min(rows.length - 1, focused + step));
    setFocused(index);
    show(index);
  }

  function withRow(act: ((row: R) => void) | undefined) {
    const row = rows[focused];
    if (row) act?.(row);
  }

  useKeys([
    ["j", () => move(1)],
    ["k", () => move(-1)],
    ["x", () => withRow(onToggle)],
    ["Enter", () => withRow(onOpen)],
    ...Object.entries(rowKeys).map(([key, act]): HotkeyItem => [key, () => act(rows[focused])]),
  ]);
  return [focused, setFocused];
}

function indexOfFocus(rows: readonly Row[], { index, id }: { index: number; id: string }): number {
  if (index < 0 || rows[index]?.id === id) return index;
  const moved = rows.findIndex((row) => row.id === id);
  return moved < 0 ? Math.min(index, rows.length - 1) : moved;
}
