import assert from "node:assert/strict";
import { registerProviders } from "../../src/domain/providers/register.ts";
import { reserveSlots } from "../../src/domain/providers/rate_limit.ts";
import type { Database } from "../../src/db/database.ts";
import { createBus } from "../../src/events/bus.ts";
import { RateLimit } from "../../src/sending/rate_limit.ts";
import { onEveryDatabase, onPostgres } from "../support/database.ts";

async function limitedProvider(db: Database, perSecond: number) {
  const named = { channel: "EMAIL", name: "smtp.example.com:587", perSecond } as const;
  const [provider] = await registerProviders({ db }, [named]);
  assert.ok(provider);
  const services = { db, bus: createBus() };
  const reserve = (wanted: number, urgent: boolean) =>
    reserveSlots(services, provider.id, { perSecond, wanted, urgent });
  return { reserve, limit: () => new RateLimit(reserve, () => perSecond) };
}

onEveryDatabase("reserveSlots() reserves at most 50 ms before a slot is due", async ({ db }) => {
  const { reserve } = await limitedProvider(db, 10);
  const first = await reserve(5, false);
  assert.equal(first.count, 1);
  assert.ok(Math.abs(first.waitMs) < 1, "the first slot is due");
  const early = await reserve(5, false);
  assert.equal(early.count, 0);
  assert.ok(early.waitMs > 0 && early.waitMs <= 50, `${early.waitMs} ms`);
});

onEveryDatabase(
  "reserveSlots() lets urgent messages reserve one slot further ahead",
  async ({ db }) => {
    const { reserve } = await limitedProvider(db, 1);
    assert.equal((await reserve(1, false)).count, 1);
    const urgent = await reserve(1, true);
    assert.deepEqual([urgent.count, urgent.waitMs], [1, 0]);
    // Both queues are delayed by the urgent slot.
    const waits = [(await reserve(1, true)).waitMs, (await reserve(1, false)).waitMs];
    assert.ok((waits[0] ?? 0) > 500 && (waits[1] ?? 0) > 1_500, `${waits}`);
  },
);

onPostgres("acquire() keeps two processes within one limit", async ({ db }) => {
  const perSecond = 400;
  const { limit } = await limitedProvider(db, perSecond);
  const times: number[] = [];
  const begun = performance.now();
  // Each process has as many callers as with ten connections.
  await Promise.all([limit(), limit()].flatMap((each) =>
    Array.from({ length: 20 }, async () => {
      while (performance.now() - begun < 1_500) {
        if (await each.acquire(false) === 0) times.push(performance.now() - begun);
      }
    })
  ));
  // The rate itself depends on the machine; the limit must hold in every half second.
  for (const [index, time] of times.entries()) {
    const within = times.slice(index).filter((other) => other < time + 500).length;
    assert.ok(within <= perSecond / 2 + perSecond * 0.06 + 1, `${within} in half a second`);
  }
  assert.ok(times.length > perSecond, `${times.length} in 1.5 s`);
});

Deno.test("acquire() gives the slot of an aborted caller to the next one", async () => {
  let reservations = 0;
  const limit = new RateLimit(() => {
    reservations++;
    return Promise.resolve({ count: 1, waitMs: 20 });
  }, () => 50);
  const controller = new AbortController();
  const first = limit.acquire(false, controller.signal);
  const second = limit.acquire(false);
  controller.abort();
  assert.deepEqual(await Promise.all([first, second]), [Infinity, 0]);
  assert.equal(reservations, 1);
  assert.equal(await limit.acquire(false, controller.signal), Infinity);
});

Deno.test("acquire() returns a long wait instead of waiting for it", async () => {
  const limit = new RateLimit(() => Promise.resolve({ count: 0, waitMs: 3_600_000 }), () => 1);
  const waits = await Promise.all([limit.acquire(false), limit.acquire(false)]);
  assert.deepEqual(waits, [3_600_000, 3_600_000]);
});

Deno.test("acquire() rejects all callers when reserving fails", async () => {
  const limit = new RateLimit(() => Promise.reject(new Error("connection lost")), () => 1);
  const waits = await Promise.allSettled([limit.acquire(false), limit.acquire(false)]);
  assert.deepEqual(waits.map(({ status }) => status), ["rejected", "rejected"]);
});

Deno.test("acquire() keeps the interval of slots that were reserved before the limit was lowered", async () => {
  let perSecond = 100;
  const limit = new RateLimit(
    (wanted) => Promise.resolve({ count: wanted, waitMs: 0 }),
    () => perSecond,
  );
  // The signal ends the test if it fails; otherwise it would hang for a day.
  const late = AbortSignal.timeout(2_000);
  const waits = Array.from({ length: 5 }, () => limit.acquire(false, late));
  assert.equal(await waits[0], 0);
  perSecond = 1 / 86_400;
  assert.deepEqual(await Promise.all(waits), [0, 0, 0, 0, 0]);
});

Deno.test("acquire() uses a raised limit at once", async () => {
  let perSecond = 1 / 86_400;
  let asked = 0;
  const limit = new RateLimit(
    () =>
      Promise.resolve(++asked === 2 ? { count: 0, waitMs: 86_400_000 } : { count: 1, waitMs: 0 }),
    () => perSecond,
  );
  assert.deepEqual([await limit.acquire(false), await limit.acquire(false)], [0, 86_400_000]);
  perSecond = 100;
  // The signal ends the test if it fails; otherwise it would hang for a day.
  assert.equal(await limit.acquire(false, AbortSignal.timeout(2_000)), 0);
});
