import assert from "node:assert/strict";
import { MAX_FRESH, NO_ROWS, reduceRows, type Row } from "../../dashboard/kit/live_rows.ts";

const rowsOf = (...ids: string[]): Row[] => ids.map((id) => ({ id }));

function listOf(ids: readonly string[], hasNextPage: boolean) {
  const page = {
    nodes: rowsOf(...ids),
    totalCount: 100,
    pageInfo: { hasNextPage, endCursor: null },
  };
  return reduceRows(NO_ROWS, { type: "reread", page });
}

function change(state: ReturnType<typeof listOf>, ...ids: string[]) {
  const changes = { reset: false, changed: rowsOf(...ids), removedIds: [] };
  return reduceRows(state, { type: "changed", changes });
}

Deno.test("a live list shows changed rows of pages that are not loaded neither as new nor in the total", () => {
  const { fresh, totalCount } = change(listOf(["dlv_7", "dlv_6"], true), "dlv_9", "dlv_7", "dlv_2");
  assert.deepEqual(fresh, rowsOf("dlv_9"));
  assert.equal(totalCount, 101);
});

Deno.test("a live list that is loaded whole shows older rows that enter its filter", () => {
  assert.deepEqual(change(listOf(["dlv_7"], false), "dlv_2").fresh, rowsOf("dlv_2"));
});

Deno.test("a live list keeps the rows of an earlier filter until those of the new one are read", () => {
  const stale = reduceRows(listOf(["dlv_7"], true), { type: "newFilter" });
  assert.deepEqual([stale.rows, stale.stale, stale.hasMore], [rowsOf("dlv_7"), true, false]);
  assert.deepEqual(change(stale, "dlv_9"), stale);
  const page = { nodes: rowsOf("dlv_2"), pageInfo: { hasNextPage: false, endCursor: null } };
  const read = reduceRows(stale, { type: "reread", page });
  assert.deepEqual([read.rows, read.stale], [rowsOf("dlv_2"), false]);
});

Deno.test("a live list drops a page that follows rows it no longer has", () => {
  const list = listOf(["dlv_7"], true);
  const page = { nodes: rowsOf("dlv_1"), pageInfo: { hasNextPage: false, endCursor: null } };
  assert.deepEqual(reduceRows(list, { type: "readMore", after: "other", page }), list);
});

Deno.test("a live list keeps a limited number of new rows, and counts all", () => {
  const ids = Array.from({ length: MAX_FRESH + 5 }, (_, n) => `dlv_9${String(n).padStart(4, "0")}`);
  const { fresh, freshCount } = change(listOf(["dlv_7"], true), ...ids);
  assert.deepEqual([fresh.length, freshCount], [MAX_FRESH, MAX_FRESH + 5]);
});

Deno.test("a live list ignores changes until its first page is read", () => {
  assert.deepEqual(change(NO_ROWS, "dlv_9"), NO_ROWS);
});
