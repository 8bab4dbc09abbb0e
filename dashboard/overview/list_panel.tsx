import { Skeleton } from "@mantine/core";
import { type ReactNode, useState } from "react";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatCount } from "../kit/format.ts";
import type { LiveList } from "../kit/live_list.ts";
import type { Row } from "../kit/live_rows.ts";
import { Panel, type Target } from "../kit/panel.tsx";

/** Panel with the newest rows of a list. They keep their places while the pointer or the focus is on them. */
export function ListPanel<R extends Row>({ title, link, list, limit, empty, children }: {
  readonly title: string;
  readonly link: Target & { readonly text: string };
  readonly list: LiveList<R>;
  /** Number of rows that are shown. */
  readonly limit: number;
  /** Shown instead of rows if there are none. */
  readonly empty: ReactNode;
  /** A row, as an `<li>` with its id as key. */
  readonly children: (row: R) => ReactNode;
}) {
  const [held, setHeld] = useState<readonly string[] | null>(null);
  const { known, error } = list;
  const all = [...list.fresh, ...list.rows];
  const latest = all.slice(0, limit);
  const shown = held ? all.filter(({ id }) => held.includes(id)) : latest;
  const hold = () => setHeld(shown.map(({ id }) => id));
  const release = () => setHeld(null);
  return (
    <Panel title={title} link={link}>
      {error && <ErrorNotice reason={reasonOf(error)} />}
      {!known && !error && <Skeleton height={34} mt={8} />}
      {known && latest.length === 0 && <p className="dimmed">{empty}</p>}
      <ul
        className="panel-rows"
        onPointerEnter={hold}
        onPointerLeave={release}
        onFocus={hold}
        onBlur={release}
      >
        {shown.map(children)}
      </ul>
    </Panel>
  );
}

/** "All 12", or the name of the list if it is empty. */
export function allText({ rows, totalCount }: LiveList<Row>, name: string): string {
  const count = totalCount ?? rows.length;
  return count > 0 ? `All ${formatCount(count)}` : name;
}
