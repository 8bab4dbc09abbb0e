import assert from "node:assert/strict";
import type { ReadyPartition } from "../../src/domain/jobs/claim.ts";
import { SLOT_SIZE } from "../../src/domain/jobs/lane.ts";
import { FairShare } from "../../src/queue/fair_share.ts";

const LIMIT = 100;

/** Makes the partition of an organization and a topic in BULK: "acme mails". */
function partition(name: string): ReadyPartition {
  const [organizationId = "", topic = "work"] = name.split(" ");
  return { lane: "BULK", organizationId, topic, size: SLOT_SIZE };
}

function shareOf(...names: string[]): FairShare {
  const share = new FairShare();
  share.replace("BULK", names.map(partition));
  return share;
}

/** Allocates one slot per call; returns the partitions in order. */
function allocateOneByOne(share: FairShare, slots: number): string[] {
  return Array.from({ length: slots }, () => {
    const [quota] = share.allocate("BULK", SLOT_SIZE, LIMIT);
    return quota ? `${quota.organizationId} ${quota.topic}` : "nothing";
  });
}

/** Allocates all slots in one call; returns the counts by partition. */
function allocateAtOnce(share: FairShare, slots: number): Record<string, number> {
  const quotas = share.allocate("BULK", slots * SLOT_SIZE, LIMIT);
  return Object.fromEntries(
    quotas.map(({ organizationId, topic, count }) => [`${organizationId} ${topic}`, count]),
  );
}

Deno.test("allocate() gives each organization the same number of slots, regardless of its topics", () => {
  const share = shareOf("acme a", "acme b", "acme c", "bolt a");
  assert.deepEqual(allocateAtOnce(share, 12), {
    "acme a": 2,
    "acme b": 2,
    "acme c": 2,
    "bolt a": 6,
  });
});

Deno.test("allocate() continues the round robin of the previous call", () => {
  const share = shareOf("acme", "bolt", "core");
  assert.deepEqual(allocateAtOnce(share, 2), { "acme work": 1, "bolt work": 1 });
  assert.deepEqual(allocateAtOnce(share, 2), { "core work": 1, "acme work": 1 });
});

Deno.test("allocate() serves a new topic within one round", () => {
  const share = shareOf("acme a", "acme b", "bolt a");
  allocateOneByOne(share, 2);
  share.replace("BULK", ["acme a", "acme b", "aaron a", "bolt a"].map(partition));
  assert.ok(allocateOneByOne(share, 3).includes("aaron a"));
});

Deno.test("replace() keeps the position among organizations and topics", () => {
  const share = shareOf("acme b", "acme c", "bolt x");
  assert.deepEqual(allocateOneByOne(share, 1), ["acme b"]);
  share.replace("BULK", ["aaron x", "acme a", "acme b", "acme c", "bolt x"].map(partition));
  assert.deepEqual(allocateOneByOne(share, 3), ["bolt x", "aaron x", "acme c"]);
});

Deno.test("replace() keeps the position when the next organization is removed", () => {
  const share = shareOf("acme", "bolt", "core");
  allocateOneByOne(share, 1);
  share.replace("BULK", ["acme", "core"].map(partition));
  assert.deepEqual(allocateOneByOne(share, 2), ["core work", "acme work"]);
});

Deno.test("extend() keeps the partitions of a lane and adds others", () => {
  const share = shareOf("acme a", "bolt a");
  allocateOneByOne(share, 1);
  share.extend("BULK", ["acme b", "core a"].map(partition));
  assert.deepEqual(allocateOneByOne(share, 4), ["bolt a", "core a", "acme b", "bolt a"]);
});

Deno.test("remove() removes a topic, and the organization with its last one", () => {
  const share = shareOf("acme a", "acme b", "bolt a");
  share.remove(partition("acme a"));
  assert.deepEqual(allocateAtOnce(share, 4), { "acme b": 2, "bolt a": 2 });
  share.remove(partition("acme b"));
  assert.deepEqual(allocateAtOnce(share, 4), { "bolt a": 4 });
  share.remove(partition("bolt a"));
  assert.deepEqual(allocateAtOnce(share, 4), {});
  share.remove(partition("unknown"));
});

Deno.test("remove() keeps the position among the other organizations", () => {
  const share = shareOf("acme", "bolt", "core");
  allocateOneByOne(share, 1);
  share.remove(partition("acme"));
  assert.deepEqual(allocateOneByOne(share, 2), ["bolt work", "core work"]);
});

Deno.test("allocate() starves no topic while another is removed and added again", () => {
  const share = shareOf("acme a", "acme b", "acme c");
  const allocated: string[] = [];
  for (let scan = 0; scan < 3; scan++) {
    share.replace("BULK", ["acme a", "acme b", "acme c"].map(partition));
    for (const name of allocateOneByOne(share, 2)) {
      allocated.push(name);
      if (name === "acme a") share.remove(partition(name));
    }
  }
  assert.deepEqual([...new Set(allocated)].sort(), ["acme a", "acme b", "acme c"]);
});

Deno.test("allocate() shares each lane separately", () => {
  const share = shareOf("acme", "bolt");
  share.replace("AI", [{ ...partition("acme"), lane: "AI" }]);
  assert.deepEqual(
    share.allocate("AI", 2 * SLOT_SIZE, LIMIT).map(({ lane, count }) => [lane, count]),
    [["AI", 2]],
  );
  assert.deepEqual(allocateOneByOne(share, 1), ["acme work"]);
  assert.deepEqual(share.allocate("LEARNING", 3 * SLOT_SIZE, LIMIT), []);
});

Deno.test("allocate() gives small jobs the same part of the slots as large ones, and as many as fit", () => {
  const share = new FairShare();
  share.replace("BULK", [{ ...partition("acme"), size: 1 }, partition("bolt"), {
    ...partition("core"),
    size: 40,
  }]);
  const quotas = share.allocate("BULK", 6 * SLOT_SIZE, 1_000);
  assert.deepEqual(quotas.map(({ organizationId, size, count }) => [organizationId, size, count]), [
    ["acme", 200, 200],
    ["bolt", 200, 2],
    ["core", 200, 6],
  ]);
});

Deno.test("allocate() gives what is left of a slot to one partition, whatever the size of its job", () => {
  const share = shareOf("acme", "bolt");
  const quotas = share.allocate("BULK", SLOT_SIZE + 30, LIMIT);
  assert.deepEqual(quotas.map(({ organizationId, size, count }) => [organizationId, size, count]), [
    ["acme", 100, 1],
    ["bolt", 30, 1],
  ]);
  assert.deepEqual(share.allocate("BULK", -30, LIMIT), []);
});

Deno.test("allocate() allocates no more jobs than the limit", () => {
  const share = new FairShare();
  share.replace("BULK", ["acme", "bolt"].map((name) => ({ ...partition(name), size: 1 })));
  const counts = share.allocate("BULK", 4 * SLOT_SIZE, 150).map(({ count }) => count);
  assert.deepEqual(counts, [100, 50]);
});
