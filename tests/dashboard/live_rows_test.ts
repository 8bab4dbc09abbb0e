import assert from "node:assert/strict";
import { NO_ROWS, reduceRows, type Row } from "../../dashboard/kit/live_rows.ts";

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

Deno.test("a live list ignores changes until its first page is read", () => {
  assert.deepEqual(change(NO_ROWS, "dlv_9"), NO_ROWS);
});
