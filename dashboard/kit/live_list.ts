import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useClient } from "urql";
import { pipe, subscribe } from "wonka";
import { connection } from "../api/connection.ts";
import {
  type Changes,
  type LiveRows,
  NO_ROWS,
  type Page,
  reduceRows,
  type Row,
} from "./live_rows.ts";

const LEAVE_MS = 2_000;
const PAGE_SIZE = 100;
const MAX_PAGE_SIZE = 200;

/** Variables that select a page. */
export interface PageVariables {
  readonly first: number;
  readonly after: string | null;
}

/** Operations of a live list. The documents and functions must be constants of a module. */
export interface LiveListSource<R extends Row, Data, Event, Variables extends AnyVariables> {
  /** Takes `first`, `after` and the variables of the list. */
  readonly query: TypedDocumentNode<Data, Variables & PageVariables>;
  readonly page: (data: Data) => Page<R>;
  /** Takes the variables of the list. Null: the list is not live. */
  readonly subscription: TypedDocumentNode<Event, Variables> | null;
  readonly changes: (event: Event) => Changes<R>;
}

/** Declares a live list, and infers its types from the operations. */
export function liveListOf<R extends Row, Data, Event, Variables extends AnyVariables>(
  source: LiveListSource<R, Data, Event, Variables>,
): LiveListSource<R, Data, Event, Variables> {
  return source;
}

/** A live list. */
export interface LiveList<R extends Row> extends LiveRows<R> {
  readonly error: CombinedError | null;
  readonly loadMore: () => void;
  readonly showFresh: () => void;
  readonly retry: () => void;
  /** Reads the list again after an action of the user, and shows all of it at once. */
  readonly reload: () => Promise<void>;
}

/**
 * Reads a list page by page, and follows its changes. Shown rows never move: new rows wait in `fresh`, and
 * rows that leave the filter stay for two seconds. After a gap the loaded part is read again.
 *
 * @param variables filter of the query and of the subscription
 */
export function useLiveList<R extends Row, Data, Event, Variables extends AnyVariables>(
  source: LiveListSource<R, Data, Event, Variables>,
  variables: Variables,
): LiveList<R> {
  const client = useClient();
  const [state, dispatch] = useReducer(reduceRows<R>, NO_ROWS);
  const [error, setError] = useState<CombinedError | null>(null);
  const latest = useRef<LiveRows<R>>(state);
  latest.current = state;
  const loading = useRef(false);
  const generation = useRef((): boolean => true);
  const current = useRef(variables);
  current.current = variables;
  // Variables are equal if their values are.
  const key = JSON.stringify(variables);

  const read = useCallback(
    async (
      after: string | null,
      first: number,
      isCurrent: () => boolean,
      type: "readMore" | "reread" | "reload" = after === null ? "reread" : "readMore",
    ) => {
      const result = await client.query(source.query, { ...current.current, first, after }, {
        requestPolicy: "network-only",
      }).toPromise();
      if (!isCurrent()) return;
      setError(result.error ?? null);
      if (result.data) dispatch({ type, page: source.page(result.data) });
    },
    [client, source, key],
  );

  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let mounted = true;
    const isCurrent = () => mounted;
    const timers = new Set<ReturnType<typeof setTimeout>>();
    generation.current = isCurrent;
    dispatch({ type: "clear" });
    // Otherwise the first event asks for the page, so that no change between the two is missed.
    if (!source.subscription || connection.get().state !== "LIVE") read(null, PAGE_SIZE, isCurrent);
    const following = source.subscription && pipe(
      client.subscription(source.subscription, current.current),
      subscribe(({ data, error }) => {
        if (!mounted) return;
        if (error) setError(error);
        if (!data) return;
        const changes = source.changes(data);
        if (changes.reset) return void read(null, loadedSize(latest.current), isCurrent);
        dispatch({ type: "changed", changes });
        if (changes.removedIds.length === 0) return;
        const timer = setTimeout(() => {
          timers.delete(timer);
          dispatch({ type: "gone", ids: changes.removedIds });
        }, LEAVE_MS);
        timers.add(timer);
      }),
    );
    // A list without events may be stale after a lost connection.
    const unfollow = source.subscription ? null : connection.subscribe(() => {
      if (connection.get().state === "LIVE") read(null, loadedSize(latest.current), isCurrent);
    });
    return () => {
      mounted = false;
      following?.unsubscribe();
      unfollow?.();
      timers.forEach(clearTimeout);
    };
  }, [client, source, key, attempt, read]);

  const loadMore = useCallback(() => {
    const { hasMore, endCursor } = latest.current;
    if (!hasMore || loading.current) return;
    loading.current = true;
    read(endCursor, MAX_PAGE_SIZE, generation.current).finally(() => loading.current = false);
  }, [read]);

  return {
    ...state,
    error,
    loadMore,
    showFresh: () => dispatch({ type: "showFresh" }),
    retry: () => setAttempt(attempt + 1),
    reload: () => read(null, loadedSize(latest.current), generation.current, "reload"),
  };
}

function loadedSize({ rows }: LiveRows<Row>): number {
  return Math.min(Math.max(rows.length, PAGE_SIZE), MAX_PAGE_SIZE);
}
