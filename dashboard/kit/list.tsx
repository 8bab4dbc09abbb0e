import { Box, Button, Skeleton } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { IconArrowUp } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type MouseEvent, type ReactNode, useCallback, useEffect, useRef } from "react";
import { ErrorNotice, reasonOf } from "./error_notice.tsx";
import { formatCount } from "./format.ts";
import { type Column, ListHead, ListRow } from "./list_row.tsx";
import type { LiveList } from "./live_list.ts";
import type { Row } from "./live_rows.ts";
import { type RowKeys, useListKeys } from "./list_keys.ts";
import type { Target } from "./panel.tsx";

export type { Column };

const ROW_PX = 40;
const CARD_PX = 88;
// Rows below the last visible one that are loaded before they are needed.
const AHEAD = 60;
const OPERABLE = "a, button, input, label";

/** Parts of a list. */
export interface ListProps<R extends Row> {
  readonly label: string;
  readonly list: LiveList<R>;
  readonly columns: readonly Column<R>[];
  /** Shown instead of rows if there are none. */
  readonly empty: ReactNode;
  /** Page of a row, which a click or Enter opens; undefined: that row has none. */
  readonly pageOf?: (row: R) => Target | undefined;
  /** Opens a row that has no page of its own, by a click or Enter. */
  readonly onOpen?: (row: R) => void;
  /** The row whose detail is open. */
  readonly openId?: string;
  /** Selects a row with the key x; absent if rows cannot be selected. */
  readonly onToggle?: (row: R) => void;
  /** Keys of the list besides those of every list. */
  readonly rowKeys?: RowKeys<R>;
}

/** A live list with virtual rows, in which rows move only on request. Narrow screens show cards. */
export function List<R extends Row>(props: ListProps<R>) {
  const { list, columns, empty, label, pageOf, openId } = props;
  const { rows, loadMore, hasMore } = list;
  const navigate = useNavigate();
  const scroller = useRef<HTMLDivElement>(null);
  const isNarrow = useMediaQuery("(max-width: 30rem)");
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => isNarrow ? CARD_PX : ROW_PX,
    // A new function would recompute the positions of all rows.
    getItemKey: useCallback((index: number) => rows[index]?.id ?? index, [rows]),
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && last >= rows.length - AHEAD) loadMore();
  }, [hasMore, last, rows.length, loadMore]);
  useEffect(() => {
    if (list.stale) scroller.current?.scrollTo({ top: 0 });
  }, [list.stale]);
  const onOpen = pageOf ? openPage : props.onOpen;
  const [focused, setFocused] = useListKeys({ ...props, onOpen }, (index) => {
    virtual.scrollToIndex(index);
    const opener = scroller.current?.querySelector<HTMLElement>(`[data-index="${index}"] .opener`);
    opener?.focus({ preventScroll: true });
  });

  function openPage(row: R) {
    const page = pageOf?.(row);
    if (page) navigate(page);
  }

  function open(event: MouseEvent) {
    const index = indexOf(event.target);
    const row = rows[index];
    if (!row) return;
    setFocused(index);
    // A link opens the page itself, and a user who selects text in a row opens nothing.
    const operates = event.target instanceof Element && event.target.closest(OPERABLE);
    if (operates ? operates.matches("button.opener") : getSelection()?.isCollapsed) onOpen?.(row);
  }

  const tracks = {
    "--tracks": tracksOf(columns),
    "--primary-tracks": tracksOf(columns.filter(({ secondary }) => !secondary)),
  };
  return (
    <Box className="list" __vars={tracks}>
      {list.error && <ErrorNotice reason={reasonOf(list.error)} onRetry={list.retry} />}
      {list.freshCount > 0 && (
        <Button
          className="fresh"
          size="compact-sm"
          leftSection={<IconArrowUp size={14} />}
          onClick={() => {
            list.showFresh();
            virtual.scrollToOffset(0);
            // The button disappears with its focus.
            scroller.current?.focus();
          }}
        >
          {formatCount(list.freshCount)} new
        </Button>
      )}
      <div
        className="list-scroller"
        ref={scroller}
        tabIndex={0}
        role="table"
        aria-label={label}
        aria-busy={list.stale}
        aria-rowcount={list.totalCount === null ? -1 : list.totalCount + 1}
      >
        <div role="rowgroup">
          <ListHead columns={columns} />
        </div>
        <div
          role="rowgroup"
          className="list-body"
          data-opens={onOpen !== undefined || undefined}
          style={{ height: virtual.getTotalSize() }}
          onClick={open}
          onFocus={({ target }) => setFocused(indexOf(target))}
        >
          {items.map(({ key, index, start }) => {
            const row = rows[index];
            return row && (
              <ListRow
                key={key}
                ref={virtual.measureElement}
                row={row}
                index={index}
                start={start}
                columns={columns}
                open={row.id === openId}
                focused={index === focused}
                leaving={list.leaving.has(row.id)}
                page={pageOf?.(row)}
                canOpen={!pageOf && onOpen !== undefined}
              />
            );
          })}
        </div>
        {!list.known && !list.error && <Skeletons />}
      </div>
      {list.known && !list.stale && rows.length === 0 && empty}
    </Box>
  );
}

function indexOf(target: EventTarget): number {
  const row = target instanceof Element ? target.closest<HTMLElement>("[data-index]") : null;
  return Number(row?.dataset.index ?? -1);
}

function tracksOf<R>(columns: readonly Column<R>[]): string {
  return columns.map(({ width }) => width).join(" ");
}

function Skeletons() {
  return Array.from(
    { length: 8 },
    (_, n) => <Skeleton key={n} height={20} my={10} mx="sm" width="auto" />,
  );
}
