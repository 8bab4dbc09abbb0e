import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { newId } from "../../../src/domain/id.ts";
import { renewLease, rescueOrphans } from "../../../src/domain/jobs/lease.ts";
import { addJob, addWorker, claimWork, expireLease, readJob } from "../../support/jobs.ts";
import { onEveryQueue } from "../../support/queue.ts";

onEveryQueue("renewLease() renews an expired lease until the worker is reaped", async (queue) => {
  const { db, services } = queue;
  const [expired, reaped] = [await addWorker(services), await addWorker(services)];
  await expireLease(db);
  assert.equal(await renewLease(services, expired, new Map()), true);
  await rescueOrphans(services);
  assert.equal(await renewLease(services, reaped, new Map()), false);
  assert.equal(await renewLease(services, expired, new Map()), true);
});

const SET_RENEWALS = statement<[sinceSeconds: number, lastSeconds: number]>(
  "test.setRenewals",
  `update renewals set since = clock_timestamp() - $1 * interval '1 second',
     last_at = clock_timestamp() - $2 * interval '1 second'`,
);
const READ_RENEWALS = statement<[], { sinceSeconds: number; lastSeconds: number }>(
  "test.readRenewals",
  `select extract(epoch from clock_timestamp() - since)::float8 as "sinceSeconds",
     extract(epoch from clock_timestamp() - last_at)::float8 as "lastSeconds"
   from renewals`,
);

for (
  const [name, sinceSeconds, lastSeconds, reaps] of [
    ["while the database takes no renewals", 600, 6, false],
    ["in the first 15 s after an outage", 13, 1, false],
    ["of other workers for 15 s", 16, 1, true],
  ] as const
) {
  const verb = reaps ? "reaps a worker that missed the renewals" : "reaps no worker";
  onEveryQueue(`rescueOrphans() ${verb} ${name}`, async ({ db, services, organization }) => {
    const id = await addJob(db, organization.id);
    const worker = await addWorker(services);
    await claimWork(services, worker, organization.id);
    await expireLease(db);
    await db.run(SET_RENEWALS, sinceSeconds, lastSeconds);
    assert.equal((await rescueOrphans(services)).length, reaps ? 1 : 0);
    assert.equal((await readJob(db, id)).crashes, reaps ? 1 : 0);
    assert.equal(await renewLease(services, worker, new Map()), !reaps);
  });
}

for (
  const [name, lastSeconds, continues] of [
    ["continues after a failed one", 3, true],
    ["starts again after a gap over 5 s", 5.5, false],
    ["starts again after the clock was set back", -3_600, false],
  ] as const
) {
  onEveryQueue(`the period of renewals ${name}`, async ({ db, services }) => {
    const worker = await addWorker(services);
    for (
      const renew of [() => renewLease(services, worker, new Map()), () => addWorker(services)]
    ) {
      await db.run(SET_RENEWALS, 600, lastSeconds);
      await renew();
      const [renewals] = await db.run(READ_RENEWALS);
      assert.ok(renewals);
      assert.ok(renewals.lastSeconds >= 0 && renewals.lastSeconds < 3, "the renewal is recorded");
      assert.equal(renewals.sinceSeconds > 500, continues, `since ${renewals.sinceSeconds} s`);
    }
    // A worker that was reaped renews nothing.
    await db.run(SET_RENEWALS, 600, 10);
    assert.equal(await renewLease(services, newId(), new Map()), false);
    const [renewals] = await db.run(READ_RENEWALS);
    assert.ok(renewals && renewals.lastSeconds >= 10);
  });
}
