import assert from "node:assert/strict";
import {
  type GroupedEvent,
  groupEvents,
  MAX_EVENTS,
  MAX_WAIT_MS,
} from "../../../src/domain/webhooks/group_events.ts";
import { withRandom } from "../../support/random.ts";

function event(event: string, objectId: string, ageMs = MAX_WAIT_MS): GroupedEvent {
  return { event, objectId, ageMs };
}

function shape(groups: readonly GroupedEvent[][]): string[] {
  return groups.map((group) => `${group[0]?.event} ${group.map((e) => e.objectId).join("")}`);
}

Deno.test("groupEvents() puts up to 50 events of deliveries of one kind into a call", () => {
  const events = Array.from(
    { length: 2 * MAX_EVENTS + 1 },
    (_, n) => event("DELIVERY_SENT", `${n}`),
  );
  assert.deepEqual(groupEvents(events).map((group) => group.length), [50, 50, 1]);
});

Deno.test("groupEvents() makes a call of each other event", () => {
  const events = [event("JOB_FAILED", "a", 0), event("JOB_FAILED", "b", 0)];
  assert.deepEqual(shape(groupEvents(events)), ["JOB_FAILED a", "JOB_FAILED b"]);
});

Deno.test("groupEvents() lets young events of deliveries wait for others", () => {
  assert.deepEqual(groupEvents([event("DELIVERY_SENT", "a", MAX_WAIT_MS - 1)]), []);
});

Deno.test("groupEvents() keeps the order of the events of an object", () => {
  const events = [
    event("DELIVERY_FAILED", "a"),
    event("DELIVERY_SENT", "b"),
    event("DELIVERY_FAILED", "b"),
    event("DELIVERY_SENT", "a"),
    event("DELIVERY_SENT", "b"),
  ];
  assert.deepEqual(shape(groupEvents(events)), [
    "DELIVERY_FAILED a",
    "DELIVERY_SENT ba",
    "DELIVERY_FAILED b",
    "DELIVERY_SENT b",
  ]);
});

Deno.test("groupEvents() takes earlier events of the same object along with one that need not wait", () => {
  const events = [
    event("DELIVERY_SENT", "a", 0),
    event("DELIVERY_BOUNCED", "c", 0),
    event("DELIVERY_COMPLAINED", "a"),
  ];
  assert.deepEqual(shape(groupEvents(events)), ["DELIVERY_SENT a", "DELIVERY_COMPLAINED a"]);
});

Deno.test("groupEvents() keeps the order of every object, whatever the events", () =>
  withRandom(import.meta.url, (random) => {
    const kinds = ["DELIVERY_SENT", "DELIVERY_FAILED", "DELIVERY_BOUNCED", "JOB_FAILED"];
    for (let run = 0; run < 200; run++) {
      const events = Array.from({ length: 120 }, (_, n) => ({
        ...event(
          random.pick(kinds),
          String(Math.floor(random.number() * 12)),
          random.number() < 0.5 ? 0 : MAX_WAIT_MS,
        ),
        n,
      }));
      const ready = groupEvents(events).flat();
      const left = events.filter((each) => !ready.includes(each));
      for (const objectId of new Set(events.map((each) => each.objectId))) {
        const order = [...ready, ...left].filter((each) => each.objectId === objectId);
        assert.deepEqual(
          order.map(({ n }) => n),
          order.map(({ n }) => n).toSorted((a, b) => a - b),
        );
      }
    }
    return Promise.resolve();
  }));
