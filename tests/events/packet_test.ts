import assert from "node:assert/strict";
import type { Change } from "../../src/events/bus.ts";
import { pack, unpack } from "../../src/events/packet.ts";

const LIMIT = 7_999;

function changeOf(ids: number): Change {
  return {
    topic: "deliveries",
    organizationId: crypto.randomUUID(),
    ids: Array.from({ length: ids }, () => crypto.randomUUID()),
  };
}

Deno.test("pack() splits changes that exceed the limit, and loses none", () => {
  const changes = Array.from({ length: 50 }, (_, n) => changeOf(2 * n));
  const texts = pack({ from: "me", changes }, LIMIT);
  assert.ok(texts.every((text) => text.length <= LIMIT));
  assert.deepEqual(texts.flatMap((text) => unpack(text).changes), changes);
});

Deno.test("pack() writes a single text if the changes fit into it", () => {
  const changes = Array.from({ length: 50 }, () => changeOf(1));
  assert.equal(pack({ from: "me", changes }, LIMIT).length, 1);
});

Deno.test("pack() fills a text up to the limit in bytes", () => {
  const change = { topic: "jobs", organizationId: "é", ids: null } as const;
  const [alone = ""] = pack({ from: "me", changes: [change] }, LIMIT);
  const bytes = new TextEncoder().encode(alone).length;
  const twice = bytes + `,["jobs","é",null]`.length + 1;
  assert.equal(pack({ from: "me", changes: [change, change] }, twice).length, 1);
  assert.equal(pack({ from: "me", changes: [change, change] }, twice - 1).length, 2);
});

Deno.test("pack() drops the ids of a change that exceeds the limit alone", () => {
  const change = changeOf(1_000);
  const [text = "", ...rest] = pack({ from: "me", changes: [change] }, LIMIT);
  assert.deepEqual(unpack(text), { from: "me", changes: [{ ...change, ids: null }] });
  assert.deepEqual(rest, []);
});

Deno.test("pack() writes a gap", () => {
  assert.deepEqual(pack({ from: "me", changes: null }, LIMIT).map(unpack), [
    { from: "me", changes: null },
  ]);
});
