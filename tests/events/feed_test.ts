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
  /** Reads wait until it settles. */
  blocked: Promise<void>;
}

function createStore(): Store {
  const bus = createBus();
  const store: Store = {
    bus,
    values: new Map([["a", 1], ["b", 1]]),
    reads: [],
    blocked: Promise.resolve(),
    feed: createFeed<number>(bus, "jobs", async (ids) => {
      store.reads.push([...ids]);
      const existing = ids.filter((id) => store.values.has(id));
      const values = new Map(existing.map((id) => [id, store.values.get(id) ?? 0]));
      await store.blocked;
      return values;
    }),
  };
  return store;
}

/** Resolves once all promise callbacks that are ready have run. */
function settled(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

Deno.test("watch() delivers the object first, and null if it does not exist", async () => {
  using _ = stopTime();
  const { feed } = createStore();
  const received: [string, number | null][] = [];
  feed.watch("a", (value) => received.push(["a", value]));
  feed.watch("x", (value) => received.push(["x", value]));
  await settled();
  assert.deepEqual(received, [["a", 1], ["x", null]]);
});

Deno.test("watch() reads a change once for all listeners", async () => {
  using clock = stopTime();
  const { bus, feed, values, reads } = createStore();
  const received: (number | null)[] = [];
  for (let i = 0; i < 100; i++) feed.watch("a", (value) => received.push(value));
  feed.watch("b", () => {});
  await settled();
  assert.deepEqual(reads, [["a", "b"]]);
  values.set("a", 2);
  bus.publish("jobs", "acme", ["a", "c"]);
  clock.tick(0);
  await settled();
  assert.deepEqual(reads.slice(1), [["a"]]);
  assert.deepEqual(received.slice(100), Array(100).fill(2));
});

Deno.test("watch() reads an object again if it changes during a read", async () => {
  using clock = stopTime();
  const store = createStore();
  const received: (number | null)[] = [];
  store.feed.watch("a", (value) => received.push(value));
  await settled();
  const { promise, resolve } = Promise.withResolvers<void>();
  store.blocked = promise;
  store.bus.publish("jobs", "acme", ["a"]);
  clock.tick(0);
  await settled();
  store.values.set("a", 3);
  store.bus.publish("jobs", "beta", ["a"]);
  resolve();
  await settled();
  clock.tick(250);
  await settled();
  assert.deepEqual(received, [1, 1, 3]);
});

Deno.test("watch() reads changes at most four times a second", async () => {
  using clock = stopTime();
  const { bus, feed, reads } = createStore();
  feed.watch("a", () => {});
  await settled();
  for (let i = 0; i < 100; i++) {
    // One organization each, because the bus itself limits the changes of one organization.
    bus.publish("jobs", `organization ${i}`, ["a"]);
    clock.tick(10);
    await settled();
  }
  assert.ok(reads.length <= 1 + 5, `read ${reads.length} times`);
});

Deno.test("watch() reads all watched objects after a gap and every 10 s", async () => {
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

Deno.test("watch() repeats a failed read", async () => {
  using clock = stopTime();
  const store = createStore();
  const received: (number | null)[] = [];
  store.feed.watch("a", (value) => received.push(value));
  await settled();
  store.blocked = Promise.reject(new Error("no connection"));
  store.blocked.catch(() => {});
  store.values.set("a", 2);
  store.bus.publish("jobs", "acme", ["a"]);
  clock.tick(0);
  await settled();
  store.blocked = Promise.resolve();
  clock.tick(10_000 + 250);
  await settled();
  assert.deepEqual(received, [1, 2]);
});

Deno.test("watch() reads nothing once the last listener has unsubscribed", async () => {
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
