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

function hear(bus: Bus, topic: Topic): Change[] {
  const heard: Change[] = [];
  bus.subscribe(topic, (change) => heard.push(change));
  return heard;
}

/** Two buses that hear each other at once. */
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

Deno.test("publish() tells the first change at once", () => {
  using _ = stopTime();
  const bus = createBus();
  const heard = hear(bus, "jobs");
  bus.publish("jobs", ORGANIZATION, ["a"]);
  assert.deepEqual(heard, [{ topic: "jobs", organizationId: ORGANIZATION, ids: ["a"] }]);
});

Deno.test("publish() of no ids tells nothing, and delays nothing", () => {
  using _ = stopTime();
  const bus = createBus();
  const heard = hear(bus, "jobs");
  bus.publish("jobs", ORGANIZATION, []);
  assert.deepEqual(heard, []);
  bus.publish("jobs", ORGANIZATION, ["a"]);
  assert.deepEqual(heard.map(({ ids }) => ids), [["a"]]);
});

Deno.test("publish() tells what follows together, each id once, at the end of the interval", () => {
  using clock = stopTime();
  const bus = createBus();
  const heard = hear(bus, "jobs");
  for (const id of ["a", "b", "c", "b"]) bus.publish("jobs", ORGANIZATION, [id]);
  clock.tick(249);
  assert.equal(heard.length, 1);
  clock.tick(1);
  assert.deepEqual(heard.slice(1).map(({ ids }) => ids), [["b", "c"]]);
});

Deno.test("publish() tells watchers four times a second at most, and always the last change", () => {
  using clock = stopTime();
  const bus = createBus();
  const heard = hear(bus, "messages");
  for (let ms = 0; ms < 10_000; ms++) {
    bus.publish("messages", ORGANIZATION, [`${ms}`]);
    clock.tick(1);
  }
  assert.equal(heard.length, 1 + 40);
  bus.publish("messages", ORGANIZATION, ["last"]);
  clock.tick(250);
  assert.deepEqual(heard.at(-1)?.ids, ["last"]);
  clock.tick(60_000);
  assert.equal(heard.length, 1 + 40 + 1);
});

Deno.test("publish() tells a change after a quiet interval at once again", () => {
  using clock = stopTime();
  const bus = createBus();
  const heard = hear(bus, "jobs");
  bus.publish("jobs", ORGANIZATION, ["a"]);
  clock.tick(250);
  bus.publish("jobs", ORGANIZATION, ["b"]);
  assert.deepEqual(heard.map(({ ids }) => ids), [["a"], ["b"]]);
});

Deno.test("publish() tells signals within milliseconds", () => {
  using clock = stopTime();
  const bus = createBus();
  const heard = hear(bus, "cancel");
  for (const id of ["a", "b"]) bus.publish("cancel", ORGANIZATION, [id]);
  clock.tick(5);
  assert.deepEqual(heard.map(({ ids }) => ids), [["a"], ["b"]]);
});

Deno.test("publish() keeps topics and organizations apart", () => {
  using clock = stopTime();
  const bus = createBus();
  const heard = hear(bus, "jobs");
  bus.publish("jobs", "acme", ["a"]);
  bus.publish("jobs", "globex", ["g"]);
  bus.publish("messages", "acme", ["m"]);
  clock.tick(250);
  assert.deepEqual(heard.map(({ organizationId, ids }) => [organizationId, ids]), [
    ["acme", ["a"]],
    ["globex", ["g"]],
  ]);
});

Deno.test("publish() tells null instead of more ids than a change may carry", () => {
  using clock = stopTime();
  const bus = createBus();
  const heard = hear(bus, "jobs");
  const ids = Array.from({ length: MAX_IDS_PER_CHANGE + 1 }, (_, n) => `${n}`);
  bus.publish("jobs", ORGANIZATION, ids);
  bus.publish("jobs", ORGANIZATION, ids.slice(1));
  clock.tick(250);
  bus.publish("jobs", ORGANIZATION, ids.slice(1));
  bus.publish("jobs", ORGANIZATION, ids.slice(0, 1));
  clock.tick(250);
  assert.deepEqual(heard.map((change) => change.ids?.length), [
    undefined,
    MAX_IDS_PER_CHANGE,
    undefined,
  ]);
});

Deno.test("publish() tells null when one of the changes could not say its ids", () => {
  using clock = stopTime();
  const bus = createBus();
  const heard = hear(bus, "jobs");
  for (const ids of [["a"], ["b"], null, ["c"]]) bus.publish("jobs", ORGANIZATION, ids);
  clock.tick(250);
  assert.deepEqual(heard.map(({ ids }) => ids), [["a"], null]);
});

Deno.test("subscribe() ends by what it returns, the other listeners go on", () => {
  const bus = createBus();
  const heard = hear(bus, "jobs");
  const ended: Change[] = [];
  bus.subscribe("jobs", (change) => ended.push(change))();
  bus.publish("jobs", "acme", ["a"]);
  assert.deepEqual([heard.length, ended.length], [1, 0]);
  return bus.close();
});

Deno.test("a change reaches the other process once, and the own once", () => {
  using clock = stopTime();
  const [here, there] = createPair();
  const heard = [hear(here, "jobs"), hear(there, "jobs")];
  here.publish("jobs", ORGANIZATION, ["a"]);
  clock.tick(1_000);
  assert.deepEqual(heard.map((changes) => changes.length), [1, 1]);
});

Deno.test("a gap tells every listener to look for itself", () => {
  let receive: (changes: readonly Change[] | null) => void = () => {};
  const bus = createBus((own) => {
    receive = own;
    return { send() {}, healthy: () => true, close: () => Promise.resolve() };
  });
  const jobs = hear(bus, "jobs");
  const messages = hear(bus, "messages");
  receive(null);
  assert.deepEqual([...jobs, ...messages], [
    { topic: "jobs", organizationId: "*", ids: null },
    { topic: "messages", organizationId: "*", ids: null },
  ]);
});

Deno.test("close() tells what still waits", async () => {
  using _ = stopTime();
  const [here, there] = createPair();
  const heard = hear(there, "jobs");
  for (const id of ["a", "b"]) here.publish("jobs", ORGANIZATION, [id]);
  await here.close();
  assert.deepEqual(heard.map(({ ids }) => ids), [["a"], ["b"]]);
});
