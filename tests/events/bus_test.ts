import assert from "node:assert/strict";
import {
  type Bus,
  type Change,
  createBus,
  MAX_IDS_PER_CHANGE,
  type Topic,
} from "../../src/events/bus.ts";
import { stopTime } from "../support/clock.ts";

const ORGANIZATION = "acme";

/** The changes of a topic, in a list that grows as they are delivered. */
function receive(bus: Bus, topic: Topic): Change[] {
  const received: Change[] = [];
  bus.subscribe(topic, (change) => received.push(change));
  return received;
}

/** Two buses that deliver to each other at once. */
function createPair(): [Bus, Bus] {
  const receivers: ((changes: readonly Change[] | null) => void)[] = [];
  const connect = (own: (changes: readonly Change[] | null) => void) => {
    receivers.push(own);
    return {
      send: (changes: readonly Change[]) =>
        receivers.filter((receive) => receive !== own).forEach((receive) => receive(changes)),
      healthy: () => true,
      close: () => Promise.resolve(),
    };
  };
  return [createBus(connect), createBus(connect)];
}

Deno.test("publish() delivers the first change at once", () => {
  using _ = stopTime();
  const bus = createBus();
  const received = receive(bus, "jobs");
  bus.publish("jobs", ORGANIZATION, ["a"]);
  assert.deepEqual(received, [{ topic: "jobs", organizationId: ORGANIZATION, ids: ["a"] }]);
});

Deno.test("publish() ignores an empty list of ids", () => {
  using _ = stopTime();
  const bus = createBus();
  const received = receive(bus, "jobs");
  bus.publish("jobs", ORGANIZATION, []);
  assert.deepEqual(received, []);
  bus.publish("jobs", ORGANIZATION, ["a"]);
  assert.deepEqual(received.map(({ ids }) => ids), [["a"]]);
});

Deno.test("publish() merges later changes until the interval ends, each id once", () => {
  using clock = stopTime();
  const bus = createBus();
  const received = receive(bus, "jobs");
  for (const id of ["a", "b", "c", "b"]) bus.publish("jobs", ORGANIZATION, [id]);
  clock.tick(249);
  assert.equal(received.length, 1);
  clock.tick(1);
  assert.deepEqual(received.slice(1).map(({ ids }) => ids), [["b", "c"]]);
});

Deno.test("publish() delivers updates at most four times a second, and always the last one", () => {
  using clock = stopTime();
  const bus = createBus();
  const received = receive(bus, "messages");
  for (let ms = 0; ms < 10_000; ms++) {
    bus.publish("messages", ORGANIZATION, [`${ms}`]);
    clock.tick(1);
  }
  assert.equal(received.length, 1 + 40);
  bus.publish("messages", ORGANIZATION, ["last"]);
  clock.tick(250);
  assert.deepEqual(received.at(-1)?.ids, ["last"]);
  clock.tick(60_000);
  assert.equal(received.length, 1 + 40 + 1);
});

Deno.test("publish() delivers at once again after an interval without changes", () => {
  using clock = stopTime();
  const bus = createBus();
  const received = receive(bus, "jobs");
  bus.publish("jobs", ORGANIZATION, ["a"]);
  clock.tick(250);
  bus.publish("jobs", ORGANIZATION, ["b"]);
  assert.deepEqual(received.map(({ ids }) => ids), [["a"], ["b"]]);
});

Deno.test("publish() delivers signals within 5 ms", () => {
  using clock = stopTime();
  const bus = createBus();
  const received = receive(bus, "cancel");
  for (const id of ["a", "b"]) bus.publish("cancel", ORGANIZATION, [id]);
  clock.tick(5);
  assert.deepEqual(received.map(({ ids }) => ids), [["a"], ["b"]]);
});

Deno.test("publish() delivers each change of access and of inbound routes at once", () => {
  using _ = stopTime();
  const bus = createBus();
  for (const topic of ["access", "inboundRoutes"] as const) {
    const received = receive(bus, topic);
    bus.publish(topic, ORGANIZATION, null);
    bus.publish(topic, ORGANIZATION, ["a"]);
    assert.deepEqual(received.map(({ ids }) => ids), [null, ["a"]]);
  }
});

Deno.test("publish() delivers topics and organizations separately", () => {
  using clock = stopTime();
  const bus = createBus();
  const received = receive(bus, "jobs");
  bus.publish("jobs", "acme", ["a"]);
  bus.publish("jobs", "globex", ["g"]);
  bus.publish("messages", "acme", ["m"]);
  clock.tick(250);
  assert.deepEqual(received.map(({ organizationId, ids }) => [organizationId, ids]), [
    ["acme", ["a"]],
    ["globex", ["g"]],
  ]);
});

Deno.test("publish() delivers null instead of more than MAX_IDS_PER_CHANGE ids", () => {
  using clock = stopTime();
  const bus = createBus();
  const received = receive(bus, "jobs");
  const ids = Array.from({ length: MAX_IDS_PER_CHANGE + 1 }, (_, n) => `${n}`);
  bus.publish("jobs", ORGANIZATION, ids);
  bus.publish("jobs", ORGANIZATION, ids.slice(1));
  clock.tick(250);
  bus.publish("jobs", ORGANIZATION, ids.slice(1));
  bus.publish("jobs", ORGANIZATION, ids.slice(0, 1));
  clock.tick(250);
  assert.deepEqual(received.map((change) => change.ids?.length), [
    undefined,
    MAX_IDS_PER_CHANGE,
    undefined,
  ]);
});

Deno.test("publish() delivers null if one of the merged changes has null", () => {
  using clock = stopTime();
  const bus = createBus();
  const received = receive(bus, "jobs");
  for (const ids of [["a"], ["b"], null, ["c"]]) bus.publish("jobs", ORGANIZATION, ids);
  clock.tick(250);
  assert.deepEqual(received.map(({ ids }) => ids), [["a"], null]);
});

Deno.test("subscribe() returns the function that ends this subscription only", () => {
  const bus = createBus();
  const received = receive(bus, "jobs");
  const ended: Change[] = [];
  bus.subscribe("jobs", (change) => ended.push(change))();
  bus.publish("jobs", "acme", ["a"]);
  assert.deepEqual([received.length, ended.length], [1, 0]);
  return bus.close();
});

Deno.test("publish() delivers a change once in each process", () => {
  using clock = stopTime();
  const [here, there] = createPair();
  const received = [receive(here, "jobs"), receive(there, "jobs")];
  here.publish("jobs", ORGANIZATION, ["a"]);
  clock.tick(1_000);
  assert.deepEqual(received.map((changes) => changes.length), [1, 1]);
});

Deno.test("createBus() delivers a gap as a change of any object to every listener", () => {
  let report: (changes: readonly Change[] | null) => void = () => {};
  const bus = createBus((own) => {
    report = own;
    return { send() {}, healthy: () => true, close: () => Promise.resolve() };
  });
  const jobs = receive(bus, "jobs");
  const messages = receive(bus, "messages");
  report(null);
  assert.deepEqual([...jobs, ...messages], [
    { topic: "jobs", organizationId: "*", ids: null },
    { topic: "messages", organizationId: "*", ids: null },
  ]);
});

Deno.test("close() delivers pending changes", async () => {
  using _ = stopTime();
  const [here, there] = createPair();
  const received = receive(there, "jobs");
  for (const id of ["a", "b"]) here.publish("jobs", ORGANIZATION, [id]);
  await here.close();
  assert.deepEqual(received.map(({ ids }) => ids), [["a"], ["b"]]);
});
