import { useEffect, useRef } from "react";
import { type TypedDocumentNode, useQuery, useSubscription } from "urql";
import type { Changes, Page, Row } from "./live_rows.ts";

type NoVariables = Readonly<Record<string, never>>;

/** Operations that count the objects of a list. The documents and functions must be constants of a module. */
export interface LiveCountSource<Data, Event> {
  /** Reads the number of objects, and the ids of the first ones. */
  readonly query: TypedDocumentNode<Data, NoVariables>;
  readonly page: (data: Data) => Pick<Page<Row>, "totalCount" | "nodes">;
  readonly subscription: TypedDocumentNode<Event, NoVariables>;
  readonly changes: (event: Event) => Changes<Row>;
}

/** Declares a live count, and infers its types from the operations. */
export function liveCountOf<Data, Event>(
  source: LiveCountSource<Data, Event>,
): LiveCountSource<Data, Event> {
  return source;
}

/**
 * Counts the objects of a list, live.
 *
 * @returns null while it is unknown, and if the server would have to count past 10,000
 */
export function useLiveCount<Data, Event>(source: LiveCountSource<Data, Event>): number | null {
  const [{ data }, read] = useQuery({ query: source.query, variables: {} });
  const page = data && source.page(data);
  const known = useRef<ReadonlySet<string>>(new Set());
  known.current = new Set(page?.nodes.map(({ id }) => id));

  // Most events are changes of a known object, which do not change the number.
  function countMoves(moves = 0, event: Event): number {
    const { reset, removedIds, changed } = source.changes(event);
    const moved = reset || removedIds.length > 0 ||
      changed.some(({ id }) => !known.current.has(id));
    return moved ? moves + 1 : moves;
  }

  const [{ data: moves }] = useSubscription(
    { query: source.subscription, variables: {} },
    countMoves,
  );
  useEffect(() => {
    if (moves) read({ requestPolicy: "network-only" });
  }, [moves, read]);
  return page?.totalCount ?? null;
}
