import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { type Bus, createBus } from "../../src/events/bus.ts";
import { createFeed, type Feed } from "../../src/events/feed.ts";
import { stopTime } from "../support/clock.ts";

interface Store {
  readonly bus: Bus;
  readonly feed: Feed<number>;
  readonly values: Map<string, number>;
  /** The ids of each read. */
  readonly reads: string[][];
  /** Holds up reads until it settles. */
  gate: Promise<void>;
}

function createStore(): Store {
  const bus = createBus();
  const store: Store = {
    bus,
    values: new Map([["a", 1], ["b", 1]]),
    reads: [],
    gate: Promise.resolve(),
    feed: createFeed<number>(bus, "jobs", async (ids) => {
      store.reads.push([...ids]);
      const found = ids.filter((id) => store.values.has(id));
      const values = new Map(found.map((id) => [id, store.values.get(id) ?? 0]));
      await store.gate;
      return values;
    }),
  };
  return store;
}

/** Lets everything run that waits for nothing but its turn. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

Deno.test("watch() begins with the object as it stands, and null for one that there is not", async () => {
  using _ = stopTime();
  const { feed } = createStore();
  const heard: [string, number | null][] = [];
  feed.watch("a", (value) => heard.push(["a", value]));
  feed.watch("x", (value) => heard.push(["x", value]));
  await settled();
  assert.deepEqual(heard, [["a", 1], ["x", null]]);
});

Deno.test("a change is read once, however many watch", async () => {
  using clock = stopTime();
  const { bus, feed, values, reads } = createStore();
  const heard: (number | null)[] = [];
  for (let i = 0; i < 100; i++) feed.watch("a", (value) => heard.push(value));
  feed.watch("b", () => {});
  await settled();
  assert.deepEqual(reads, [["a", "b"]]);
  values.set("a", 2);
  bus.publish("jobs", "acme", ["a", "c"]);
  clock.tick(0);
  await settled();
  assert.deepEqual(reads.slice(1), [["a"]]);
  assert.deepEqual(heard.slice(100), Array(100).fill(2));
});

Deno.test("what changes while it is being read is read again", async () => {
  using clock = stopTime();
  const store = createStore();
  const heard: (number | null)[] = [];
  store.feed.watch("a", (value) => heard.push(value));
  await settled();
  const { promise, resolve } = Promise.withResolvers<void>();
  store.gate = promise;
  store.bus.publish("jobs", "acme", ["a"]);
  clock.tick(0);
  await settled();
  store.values.set("a", 3);
  store.bus.publish("jobs", "beta", ["a"]);
  resolve();
  await settled();
  clock.tick(250);
  await settled();
  assert.deepEqual(heard, [1, 1, 3]);
});

Deno.test("changes are read four times a second at most", async () => {
  using clock = stopTime();
  const { bus, feed, reads } = createStore();
  feed.watch("a", () => {});
  await settled();
  for (let i = 0; i < 100; i++) {
    // As from 100 processes, whose buses do not know of each other.
    bus.publish("jobs", `organization ${i}`, ["a"]);
    clock.tick(10);
    await settled();
  }
  assert.ok(reads.length <= 1 + 5, `read ${reads.length} times`);
});

Deno.test("after a gap, and every 10 s, all that is watched is read", async () => {
  using clock = stopTime();
  const { bus, feed, reads } = createStore();
  feed.watch("a", () => {});
  feed.watch("b", () => {});
  await settled();
  bus.publish("jobs", "acme", null);
  clock.tick(0);
  await settled();
  clock.tick(10_000);
  await settled();
  assert.deepEqual(reads.slice(1), [["a", "b"], ["a", "b"]]);
});

Deno.test("a read that fails is made good", async () => {
  using clock = stopTime();
  const store = createStore();
  const heard: (number | null)[] = [];
  store.feed.watch("a", (value) => heard.push(value));
  await settled();
  store.gate = Promise.reject(new Error("no connection"));
  store.gate.catch(() => {});
  store.values.set("a", 2);
  store.bus.publish("jobs", "acme", ["a"]);
  clock.tick(0);
  await settled();
  store.gate = Promise.resolve();
  clock.tick(10_000 + 250);
  await settled();
  assert.deepEqual(heard, [1, 2]);
});

Deno.test("nothing is read for nobody", async () => {
  using clock = stopTime();
  const { bus, feed, reads } = createStore();
  const unwatch = feed.watch("a", () => {});
  await settled();
  unwatch();
  bus.publish("jobs", "acme", ["a"]);
  clock.tick(20_000);
  await settled();
  assert.equal(reads.length, 1);
  feed.watch("a", () => {});
  await settled();
  assert.equal(reads.length, 2);
});
