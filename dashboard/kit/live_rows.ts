/** An object of a list. */
export interface Row {
  readonly id: string;
}

/** One page of a connection. */
export interface Page<R extends Row> {
  readonly nodes: readonly R[];
  /** Null if the server would have to count past 10,000; absent if it was not asked for. */
  readonly totalCount?: number | null;
  readonly pageInfo: { readonly hasNextPage: boolean; readonly endCursor: string | null };
}

/** Event of a live list. */
export interface Changes<R extends Row> {
  readonly reset: boolean;
  readonly changed: readonly R[];
  readonly removedIds: readonly string[];
}

/** Rows of a live list. */
export interface LiveRows<R extends Row> {
  readonly rows: readonly R[];
  /** Rows that appeared since, newest first, and wait until the user shows them; at most `MAX_FRESH`. */
  readonly fresh: readonly R[];
  /** Number of rows that appeared since. */
  readonly freshCount: number;
  /** Rows that left the filter and are still shown for a moment. */
  readonly leaving: ReadonlySet<string>;
  readonly totalCount: number | null;
  readonly hasMore: boolean;
  readonly endCursor: string | null;
  /** False until the first page was read. */
  readonly known: boolean;
  /** True while the rows are still those of an earlier filter. */
  readonly stale: boolean;
}

/** Number of new rows that are kept, so that a page that stays open for days does not fill the memory. */
export const MAX_FRESH = 200;

/** Rows before the first page is read. */
export const NO_ROWS: LiveRows<never> = {
  rows: [],
  fresh: [],
  freshCount: 0,
  leaving: new Set(),
  totalCount: null,
  hasMore: false,
  endCursor: null,
  known: false,
  stale: false,
};

/** Event that changes the rows. */
export type RowsEvent<R extends Row> =
  | { readonly type: "readMore"; readonly after: string | null; readonly page: Page<R> }
  | { readonly type: "reread" | "reload"; readonly page: Page<R> }
  | { readonly type: "changed"; readonly changes: Changes<R> }
  | { readonly type: "showFresh" | "newFilter" }
  | { readonly type: "gone"; readonly ids: readonly string[] };

/** The rows after an event. Shown rows keep their places; new ones wait in `fresh`. */
export function reduceRows<R extends Row>(state: LiveRows<R>, event: RowsEvent<R>): LiveRows<R> {
  switch (event.type) {
    case "newFilter":
      // The earlier rows stay until those of the filter are read.
      return { ...NO_ROWS, rows: state.rows, known: state.known, stale: state.known };
    case "readMore": {
      // The list was read again meanwhile, so that this page does not follow its last row.
      if (event.after !== state.endCursor) return state;
      const present = new Set(state.rows.map(({ id }) => id));
      const added = event.page.nodes.filter(({ id }) => !present.has(id));
      return { ...state, ...pageState(event.page), rows: [...state.rows, ...added] };
    }
    case "reread":
      return state.rows.length > 0 && !state.stale
        ? reread(state, event.page)
        : firstPage(event.page);
    case "reload":
      return firstPage(event.page);
    case "changed":
      // The first page will have them.
      return state.known && !state.stale ? applyChanges(state, event.changes, newIn(state)) : state;
    case "showFresh":
      return { ...state, rows: [...state.fresh, ...state.rows], fresh: [], freshCount: 0 };
    case "gone":
      return removeRows(state, event.ids);
  }
}

function firstPage<R extends Row>(page: Page<R>): LiveRows<R> {
  return { ...NO_ROWS, ...pageState(page), rows: page.nodes, known: true };
}

function pageState<R extends Row>({ totalCount = null, pageInfo }: Page<R>) {
  return { totalCount, hasMore: pageInfo.hasNextPage, endCursor: pageInfo.endCursor };
}

// The page covers the loaded rows, so shown rows that it lacks are gone if it is the last one.
function reread<R extends Row>(state: LiveRows<R>, page: Page<R>): LiveRows<R> {
  const present = new Set(page.nodes.map(({ id }) => id));
  const kept = page.pageInfo.hasNextPage
    ? state
    : { ...state, rows: state.rows.filter(({ id }) => present.has(id)) };
  const changes = { reset: true, changed: page.nodes, removedIds: [] };
  return { ...applyChanges(kept, changes, () => true), totalCount: page.totalCount ?? null };
}

function applyChanges<R extends Row>(
  state: LiveRows<R>,
  changes: Changes<R>,
  isNew: (row: R) => boolean,
): LiveRows<R> {
  const changed = new Map(changes.changed.map((row) => [row.id, row]));
  const replace = (row: R) => {
    const next = changed.get(row.id) ?? row;
    changed.delete(row.id);
    return next;
  };
  const rows = state.rows.map(replace);
  const fresh = state.fresh.map(replace);
  const added = [...changed.values()].filter(isNew);
  const leaving = new Set(state.leaving);
  for (const id of changes.removedIds) leaving.add(id);
  for (const { id } of changes.changed) leaving.delete(id);
  const totalCount = state.totalCount === null ? null : state.totalCount + added.length;
  // An empty list has no row that could move.
  if (rows.length === 0) return { ...state, rows: added, totalCount, leaving };
  const freshCount = state.freshCount + added.length;
  const kept = [...added, ...fresh].slice(0, MAX_FRESH);
  return { ...state, rows, fresh: kept, freshCount, totalCount, leaving };
}

// Ids grow with the time of creation. A row that is older than a loaded one may be on a page that is not loaded.
function newIn<R extends Row>({ rows, fresh, hasMore }: LiveRows<R>): (row: R) => boolean {
  const newest = [...rows, ...fresh].reduce((newest, { id }) => id > newest ? id : newest, "");
  return ({ id }) => !hasMore || id > newest;
}

function removeRows<R extends Row>(state: LiveRows<R>, ids: readonly string[]): LiveRows<R> {
  // A row that matches again meanwhile is no longer leaving.
  const gone = new Set(ids.filter((id) => state.leaving.has(id)));
  const leaving = new Set([...state.leaving].filter((id) => !gone.has(id)));
  const stays = ({ id }: Row) => !gone.has(id);
  const fresh = state.fresh.filter(stays);
  return {
    ...state,
    rows: state.rows.filter(stays),
    fresh,
    freshCount: state.freshCount - (state.fresh.length - fresh.length),
    totalCount: state.totalCount === null ? null : Math.max(0, state.totalCount - gone.size),
    leaving,
  };
}
