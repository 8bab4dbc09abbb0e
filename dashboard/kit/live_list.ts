import { useCallback, useEffect, useReducer, useRef, useState } from "react";
import { type AnyVariables, type CombinedError, type TypedDocumentNode, useClient } from "urql";
import { pipe, subscribe } from "wonka";
import { useUncached } from "../api/client.ts";
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
  /** Reads the list again after a change that has no event; shown rows keep their places. */
  readonly refresh: () => Promise<void>;
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
  // Events go through the cache, so that open details show them, too.
  const pages = useUncached();
  const [state, dispatch] = useReducer(reduceRows<R>, NO_ROWS);
  const [error, setError] = useState<CombinedError | null>(null);
  const latest = useRef<LiveRows<R>>(state);
  latest.current = state;
  // Cursor of the page that is being read; undefined: none.
  const loading = useRef<string | null>(undefined);
  const generation = useRef((): boolean => true);
  const current = useRef(variables);
  current.current = variables;
  // Variables are equal if their values are.
  const key = JSON.stringify(variables);

  const read = useCallback(
    async (after: string | null, first: number, isCurrent: () => boolean) => {
      const result = await pages.query(source.query, { ...current.current, first, after })
        .toPromise();
      if (!isCurrent()) return null;
      setError(result.error ?? null);
      return result.data ? source.page(result.data) : null;
    },
    [pages, source, key],
  );
  const readAgain = useCallback(
    async (type: "reread" | "reload", isCurrent: () => boolean) => {
      const page = await read(null, loadedSize(latest.current), isCurrent);
      if (page) dispatch({ type, page });
    },
    [read],
  );

  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let mounted = true;
    const isCurrent = () => mounted;
    const timers = new Set<ReturnType<typeof setTimeout>>();
    generation.current = isCurrent;
    dispatch({ type: "newFilter" });
    // Otherwise the first event asks for the page, so that no change between the two is missed.
    if (!source.subscription || connection.get().state !== "LIVE") readAgain("reread", isCurrent);
    const following = source.subscription && pipe(
      client.subscription(source.subscription, current.current),
      subscribe(({ data, error }) => {
        if (!mounted) return;
        if (error) setError(error);
        if (!data) return;
        const changes = source.changes(data);
        if (changes.reset) return void readAgain("reread", isCurrent);
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
      if (connection.get().state === "LIVE") readAgain("reread", isCurrent);
    });
    return () => {
      mounted = false;
      following?.unsubscribe();
      unfollow?.();
      timers.forEach(clearTimeout);
    };
  }, [client, source, key, attempt, readAgain]);

  const loadMore = useCallback(async () => {
    const { hasMore, endCursor } = latest.current;
    if (!hasMore || loading.current === endCursor) return;
    loading.current = endCursor;
    const page = await read(endCursor, MAX_PAGE_SIZE, generation.current);
    if (page) dispatch({ type: "readMore", after: endCursor, page });
    if (loading.current === endCursor) loading.current = undefined;
  }, [read]);
  const reload = useCallback(() => readAgain("reload", generation.current), [readAgain]);
  const refresh = useCallback(() => readAgain("reread", generation.current), [readAgain]);
  // The oldest of very many new rows were dropped.
  const isWhole = state.freshCount === state.fresh.length;

  return {
    ...state,
    error,
    loadMore,
    showFresh: () => isWhole ? dispatch({ type: "showFresh" }) : void reload(),
    retry: () => setAttempt(attempt + 1),
    reload,
    refresh,
  };
}

function loadedSize({ rows, stale }: LiveRows<Row>): number {
  if (stale) return PAGE_SIZE;
  return Math.min(Math.max(rows.length, PAGE_SIZE), MAX_PAGE_SIZE);
}
