import { Box, Button, Skeleton } from "@mantine/core";
import { IconArrowUp } from "@tabler/icons-react";
import { useVirtualizer } from "@tanstack/react-virtual";
import { type ReactNode, useEffect, useRef } from "react";
import { ErrorNotice, reasonOf } from "./error_notice.tsx";
import { formatCount } from "./format.ts";
import type { LiveList } from "./live_list.ts";
import type { Row } from "./live_rows.ts";
import { useListKeys } from "./list_keys.ts";

const ROW_PX = 40;
const CARD_PX = 88;
const AHEAD = 20;

/** Column of a list. */
export interface Column<R> {
  readonly header: string;
  /** Track of a CSS grid: "1fr", "8rem". */
  readonly width: string;
  readonly numeric?: boolean;
  /** Hidden beside an open detail and on narrow screens. */
  readonly secondary?: boolean;
  readonly cell: (row: R) => ReactNode;
}

/** Parts of a list. */
export interface ListProps<R extends Row> {
  readonly label: string;
  readonly list: LiveList<R>;
  readonly columns: readonly Column<R>[];
  /** Shown instead of rows if there are none. */
  readonly empty: ReactNode;
  /** Opens a row, by a click or by Enter. */
  readonly onOpen?: (row: R) => void;
  /** The row whose detail is open. */
  readonly openId?: string;
  /** Selects a row with the key x; absent if rows cannot be selected. */
  readonly onToggle?: (row: R) => void;
}

/** A live list with virtual rows, which moves no row by itself. Narrow screens show cards. */
export function List<R extends Row>(props: ListProps<R>) {
  const { list, columns, empty, label, onOpen, openId } = props;
  const scroller = useRef<HTMLDivElement>(null);
  const virtual = useVirtualizer({
    count: list.rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => (matchMedia("(max-width: 30rem)").matches ? CARD_PX : ROW_PX),
    getItemKey: (index) => list.rows[index]?.id ?? index,
    overscan: 12,
  });
  const items = virtual.getVirtualItems();
  const last = items.at(-1)?.index ?? 0;
  const { loadMore, hasMore } = list;
  useEffect(() => {
    if (hasMore && last >= list.rows.length - AHEAD) loadMore();
  }, [hasMore, last, list.rows.length, loadMore]);
  const focused = useListKeys(props, (index) => virtual.scrollToIndex(index));

  const tracks = {
    "--tracks": tracksOf(columns),
    "--primary-tracks": tracksOf(columns.filter(({ secondary }) => !secondary)),
  };
  return (
    <Box className="list" __vars={tracks}>
      {list.error && <ErrorNotice reason={reasonOf(list.error)} onRetry={list.retry} />}
      {list.fresh.length > 0 && (
        <Button
          className="fresh"
          size="compact-sm"
          leftSection={<IconArrowUp size={14} />}
          onClick={list.showFresh}
        >
          {formatCount(list.fresh.length)} new
        </Button>
      )}
      <div
        className="list-scroller"
        ref={scroller}
        tabIndex={0}
        role="table"
        aria-label={label}
        aria-rowcount={list.totalCount ?? -1}
      >
        <div role="rowgroup">
          <div className="list-row list-head" role="row">
            {columns.map(({ header, numeric, secondary }) => (
              <div key={header} role="columnheader" className={classOf(numeric, secondary)}>
                {header}
              </div>
            ))}
          </div>
        </div>
        <div role="rowgroup" className="list-body" style={{ height: virtual.getTotalSize() }}>
          {items.map(({ key, index, start }) => {
            const row = list.rows[index];
            if (!row) return null;
            return (
              <div
                key={key}
                ref={virtual.measureElement}
                data-index={index}
                role="row"
                aria-rowindex={index + 2}
                className="list-row"
                data-open={row.id === openId || undefined}
                data-focused={index === focused || undefined}
                data-leaving={list.leaving.has(row.id) || undefined}
                title={list.leaving.has(row.id) ? "No longer matches the filter" : undefined}
                style={{ transform: `translateY(${start}px)` }}
                onClick={onOpen && (() => onOpen(row))}
              >
                {columns.map(({ header, numeric, secondary, cell }) => (
                  <div
                    key={header}
                    role="cell"
                    data-header={header}
                    className={classOf(numeric, secondary)}
                  >
                    {cell(row)}
                  </div>
                ))}
              </div>
            );
          })}
        </div>
        {!list.known && !list.error && <Skeletons />}
      </div>
      {list.known && list.rows.length === 0 && empty}
    </Box>
  );
}

function tracksOf<R>(columns: readonly Column<R>[]): string {
  return columns.map(({ width }) => width).join(" ");
}

function classOf(numeric = false, secondary = false): string | undefined {
  return [numeric && "numeric", secondary && "secondary"].filter(Boolean).join(" ") || undefined;
}

function Skeletons() {
  return Array.from(
    { length: 8 },
    (_, n) => <Skeleton key={n} height={20} my={10} mx="sm" width="auto" />,
  );
}
