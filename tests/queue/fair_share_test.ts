import assert from "node:assert/strict";
import type { TurnKey } from "../../src/domain/jobs/claim.ts";
import { Turns } from "../../src/queue/fair_share.ts";

/** "acme mails": a topic of an organization in BULK. */
function key(name: string): TurnKey {
  const [organizationId = "", topic = "work"] = name.split(" ");
  return { lane: "BULK", organizationId, topic };
}

function turnsOf(...names: string[]): Turns {
  const turns = new Turns();
  turns.replace("BULK", names.map(key));
  return turns;
}

/** What is dealt, one slot at a time. */
function dealOneByOne(turns: Turns, slots: number): string[] {
  return Array.from({ length: slots }, () => {
    const [deal] = turns.deal("BULK", 1);
    return deal ? `${deal.organizationId} ${deal.topic}` : "nothing";
  });
}

function dealAtOnce(turns: Turns, slots: number): Record<string, number> {
  const deals = turns.deal("BULK", slots);
  return Object.fromEntries(
    deals.map(({ organizationId, topic, count }) => [`${organizationId} ${topic}`, count]),
  );
}

Deno.test("each organization gets as many slots as any other, however many topics it has", () => {
  const turns = turnsOf("acme a", "acme b", "acme c", "bolt a");
  assert.deepEqual(dealAtOnce(turns, 12), { "acme a": 2, "acme b": 2, "acme c": 2, "bolt a": 6 });
});

Deno.test("the turn goes on from one deal to the next", () => {
  const turns = turnsOf("acme", "bolt", "core");
  assert.deepEqual(dealAtOnce(turns, 2), { "acme work": 1, "bolt work": 1 });
  assert.deepEqual(dealAtOnce(turns, 2), { "core work": 1, "acme work": 1 });
});

Deno.test("a newcomer waits one round at most", () => {
  const turns = turnsOf("acme a", "acme b", "bolt a");
  dealOneByOne(turns, 2);
  turns.replace("BULK", ["acme a", "acme b", "aaron a", "bolt a"].map(key));
  assert.ok(dealOneByOne(turns, 3).includes("aaron a"));
});

Deno.test("replace() keeps the turn, of organizations and of topics", () => {
  const turns = turnsOf("acme b", "acme c", "bolt x");
  assert.deepEqual(dealOneByOne(turns, 1), ["acme b"]);
  turns.replace("BULK", ["aaron x", "acme a", "acme b", "acme c", "bolt x"].map(key));
  assert.deepEqual(dealOneByOne(turns, 3), ["bolt x", "aaron x", "acme c"]);
});

Deno.test("replace() keeps the turn when the one whose turn it was is gone", () => {
  const turns = turnsOf("acme", "bolt", "core");
  dealOneByOne(turns, 1);
  turns.replace("BULK", ["acme", "core"].map(key));
  assert.deepEqual(dealOneByOne(turns, 2), ["core work", "acme work"]);
});

Deno.test("extend() adds to what is there", () => {
  const turns = turnsOf("acme a", "bolt a");
  dealOneByOne(turns, 1);
  turns.extend("BULK", ["acme b", "core a"].map(key));
  assert.deepEqual(dealOneByOne(turns, 4), ["bolt a", "core a", "acme b", "bolt a"]);
});

Deno.test("dropOut() takes out one topic, and the organization with its last one", () => {
  const turns = turnsOf("acme a", "acme b", "bolt a");
  turns.dropOut(key("acme a"));
  assert.deepEqual(dealAtOnce(turns, 4), { "acme b": 2, "bolt a": 2 });
  turns.dropOut(key("acme b"));
  assert.deepEqual(dealAtOnce(turns, 4), { "bolt a": 4 });
  turns.dropOut(key("bolt a"));
  assert.deepEqual(dealAtOnce(turns, 4), {});
  turns.dropOut(key("never heard of"));
});

Deno.test("dropOut() skips nobody's turn", () => {
  const turns = turnsOf("acme", "bolt", "core");
  dealOneByOne(turns, 1);
  turns.dropOut(key("acme"));
  assert.deepEqual(dealOneByOne(turns, 2), ["bolt work", "core work"]);
});

Deno.test("a topic that comes and goes starves none of its neighbours", () => {
  const turns = turnsOf("acme a", "acme b", "acme c");
  const dealt: string[] = [];
  for (let scan = 0; scan < 3; scan++) {
    turns.replace("BULK", ["acme a", "acme b", "acme c"].map(key));
    for (const name of dealOneByOne(turns, 2)) {
      dealt.push(name);
      if (name === "acme a") turns.dropOut(key(name));
    }
  }
  assert.deepEqual([...new Set(dealt)].sort(), ["acme a", "acme b", "acme c"]);
});

Deno.test("lanes take turns by themselves", () => {
  const turns = turnsOf("acme", "bolt");
  turns.replace("AI", [{ ...key("acme"), lane: "AI" }]);
  assert.deepEqual(turns.deal("AI", 2).map(({ lane, count }) => [lane, count]), [["AI", 2]]);
  assert.deepEqual(dealOneByOne(turns, 1), ["acme work"]);
  assert.deepEqual(turns.deal("LEARNING", 3), []);
});
