import { UnstyledButton } from "@mantine/core";
import { type ReactNode, type Ref, useMemo } from "react";
import { PageLink } from "./links.tsx";
import type { Row } from "./live_rows.ts";
import type { Target } from "./panel.tsx";

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

/** Names of the columns. */
export function ListHead<R>({ columns }: { readonly columns: readonly Column<R>[] }) {
  return (
    <div className="list-row list-head" role="row">
      {columns.map(({ header, numeric, secondary }) => (
        <div key={header} role="columnheader" className={classOf(numeric, secondary)}>
          {header}
        </div>
      ))}
    </div>
  );
}

/** Row of a list. Its first column with a name opens it: by a link, or by a button if it has no page. */
export function ListRow<R extends Row>(props: {
  readonly ref: Ref<HTMLDivElement>;
  readonly row: R;
  readonly index: number;
  /** Distance from the top of the list in px. */
  readonly start: number;
  readonly columns: readonly Column<R>[];
  readonly open: boolean;
  readonly focused: boolean;
  readonly leaving: boolean;
  readonly page: Target | undefined;
  /** True for a row that opens without a page of its own. */
  readonly canOpen: boolean;
}) {
  const { ref, row, index, start, columns, open, focused, leaving, canOpen } = props;
  const { to, search } = props.page ?? {};
  // Cells are kept while the list scrolls, because they are the costly part of it.
  const cells = useMemo(() => {
    const opening = to !== undefined || canOpen
      ? columns.find(({ header }) => header !== "")
      : undefined;
    return columns.map((column) => (
      <div
        key={column.header}
        role="cell"
        data-header={column.header}
        className={classOf(column.numeric, column.secondary)}
      >
        {column === opening
          ? <Opener to={to} search={search}>{column.cell(row)}</Opener>
          : column.cell(row)}
      </div>
    ));
  }, [row, columns, canOpen, to, search]);
  return (
    <div
      ref={ref}
      data-index={index}
      role="row"
      aria-rowindex={index + 2}
      className="list-row"
      data-open={open || undefined}
      data-focused={focused || undefined}
      data-leaving={leaving || undefined}
      title={leaving ? "No longer matches the filter" : undefined}
      style={{ transform: `translateY(${start}px)` }}
    >
      {cells}
    </div>
  );
}

function Opener({ to, search, children }: {
  readonly to: string | undefined;
  readonly search: Target["search"];
  readonly children: ReactNode;
}) {
  return to === undefined
    ? <UnstyledButton className="opener">{children}</UnstyledButton>
    : <PageLink to={to} search={search} className="opener">{children}</PageLink>;
}

function classOf(numeric = false, secondary = false): string | undefined {
  return [numeric && "numeric", secondary && "secondary"].filter(Boolean).join(" ") || undefined;
}
