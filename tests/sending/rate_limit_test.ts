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

onEveryDatabase("slots are given out in turn, not far ahead of their time", async ({ db }) => {
  const { reserve } = await limitedProvider(db, 10);
  const first = await reserve(5, false);
  assert.equal(first.count, 1);
  assert.ok(Math.abs(first.waitMs) < 1, "it is due");
  const early = await reserve(5, false);
  assert.equal(early.count, 0);
  assert.ok(early.waitMs > 0 && early.waitMs <= 50, `${early.waitMs} ms`);
});

onEveryDatabase(
  "what is urgent goes before what has taken its slots, up to the reserve",
  async ({ db }) => {
    const { reserve } = await limitedProvider(db, 1);
    assert.equal((await reserve(1, false)).count, 1);
    const urgent = await reserve(1, true);
    assert.deepEqual([urgent.count, urgent.waitMs], [1, 0]);
    // That one is made up for: both are behind by now.
    const waits = [(await reserve(1, true)).waitMs, (await reserve(1, false)).waitMs];
    assert.ok((waits[0] ?? 0) > 500 && (waits[1] ?? 0) > 1_500, `${waits}`);
  },
);

onPostgres("two who share a limit keep it together", async ({ db }) => {
  const perSecond = 400;
  const { limit } = await limitedProvider(db, perSecond);
  const times: number[] = [];
  const begun = performance.now();
  // Each has as many under way as a process with ten connections.
  await Promise.all([limit(), limit()].flatMap((each) =>
    Array.from({ length: 20 }, async () => {
      while (performance.now() - begun < 1_500) {
        if (await each.acquire(false) === 0) times.push(performance.now() - begun);
      }
    })
  ));
  // Not the rate itself, which depends on the machine: that nothing exceeds it, in any tenth of a second.
  for (const [index, time] of times.entries()) {
    const within = times.slice(index).filter((other) => other < time + 500).length;
    assert.ok(within <= perSecond / 2 + perSecond * 0.06 + 1, `${within} in half a second`);
  }
  assert.ok(times.length > perSecond, `${times.length} in 1.5 s`);
});

Deno.test("who no longer wants a turn leaves its slot to the next", async () => {
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

Deno.test("who would have to wait for long is told for how long, and comes back", async () => {
  const limit = new RateLimit(() => Promise.resolve({ count: 0, waitMs: 3_600_000 }), () => 1);
  const turns = await Promise.all([limit.acquire(false), limit.acquire(false)]);
  assert.deepEqual(turns, [3_600_000, 3_600_000]);
});

Deno.test("who waits hears that slots could not be reserved", async () => {
  const limit = new RateLimit(() => Promise.reject(new Error("connection lost")), () => 1);
  const turns = await Promise.allSettled([limit.acquire(false), limit.acquire(false)]);
  assert.deepEqual(turns.map(({ status }) => status), ["rejected", "rejected"]);
});

Deno.test("what was reserved under a limit goes out under it, though it is lowered", async () => {
  let perSecond = 100;
  const limit = new RateLimit(
    (wanted) => Promise.resolve({ count: wanted, waitMs: 0 }),
    () => perSecond,
  );
  // Else it would hang for a day.
  const late = AbortSignal.timeout(2_000);
  const turns = Array.from({ length: 5 }, () => limit.acquire(false, late));
  assert.equal(await turns[0], 0);
  perSecond = 1 / 86_400;
  assert.deepEqual(await Promise.all(turns), [0, 0, 0, 0, 0]);
});

Deno.test("a limit that is raised holds at once, whoever was sent away before", async () => {
  let perSecond = 1 / 86_400;
  let asked = 0;
  const limit = new RateLimit(
    () =>
      Promise.resolve(++asked === 2 ? { count: 0, waitMs: 86_400_000 } : { count: 1, waitMs: 0 }),
    () => perSecond,
  );
  assert.deepEqual([await limit.acquire(false), await limit.acquire(false)], [0, 86_400_000]);
  perSecond = 100;
  // Else it would hang for a day.
  assert.equal(await limit.acquire(false, AbortSignal.timeout(2_000)), 0);
});
