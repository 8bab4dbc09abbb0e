import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import type { Caller } from "../../../src/domain/access/access.ts";
import type { ListChange } from "../../../src/domain/live/list_subscriber.ts";
import { watchLists } from "../../../src/domain/live/watch_list.ts";
import type { Job } from "../../../src/domain/jobs/job.ts";
import type { JobFilter } from "../../../src/domain/jobs/filter.ts";
import { listJobs } from "../../../src/domain/jobs/list.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { stopTime } from "../../support/clock.ts";
import { onPostgres } from "../../support/database.ts";
import { addJobs } from "../../support/jobs.ts";

const SET_PRIORITY = statement<[ids: string[], priority: number]>(
  "test.setPriority",
  "update jobs set priority = $2 where id = any($1)",
);
const CANCEL = statement<[ids: string[]]>(
  "test.cancel",
  "update jobs set status = 'CANCELLED', finished_at = now() where id = any($1)",
);

async function setUp(db: Database) {
  const services = { db, bus: createBus() };
  const organization = await createOrganization(db);
  const reads: (JobFilter["ids"] | "page")[] = [];
  const watchJobs = watchLists({
    topic: "jobs",
    idOf: ({ id }: Job) => id,
    list: (services, caller, filter: JobFilter, page) => {
      reads.push(filter.ids ?? "page");
      return listJobs(services, caller, filter, "CREATED_DESC", page);
    },
  });
  return {
    ...organization,
    reads,
    changed: (ids: readonly string[]) => services.bus.publish("jobs", organization.id, ids),
    watch: (caller: Caller, filter: JobFilter = {}) =>
      watchJobs(services, caller, filter)[Symbol.asyncIterator](),
  };
}

async function next(events: AsyncIterator<ListChange<Job>>): Promise<ListChange<Job>> {
  const { value, done } = await events.next();
  if (done) throw new Error("The stream has ended");
  return value;
}

onPostgres(
  "watchLists() shares reads between subscribers with the same access and filter",
  async ({ db }) => {
    const { id: org, admin, operator, member, reads, changed, watch } = await setUp(db);
    const [job = ""] = await addJobs(db, org, 1);
    const sharing = [watch(admin), watch(admin)];
    // The OPERATOR sees the jobs of the system, too.
    const others = [watch(member), watch(operator), watch(admin, { active: true })];
    for (const events of [...sharing, ...others]) await next(events);
    reads.length = 0;
    await db.run(SET_PRIORITY, [job], 1);
    changed([job]);
    for (const events of [...sharing, ...others.slice(1)]) await next(events);
    assert.deepEqual(reads, [[job], [job], [job], [job]]);
    for (const events of [...sharing, ...others]) await events.return?.();
  },
);

onPostgres("watchLists() reads nothing for a list without subscribers", async ({ db }) => {
  const { id: org, admin, reads, changed, watch } = await setUp(db);
  const [job = ""] = await addJobs(db, org, 1);
  const [left, other] = [watch(admin, { active: true }), watch(admin)];
  await Promise.all([next(left), next(other)]);
  await left.return?.();
  reads.length = 0;
  await db.run(SET_PRIORITY, [job], 1);
  changed([job]);
  await next(other);
  assert.equal(reads.length, 1);
  await other.return?.();
});

onPostgres(
  "watchLists() sends the removal of an object after the first page",
  async ({ db }) => {
    const { id: org, admin, changed, watch } = await setUp(db);
    const ids = await addJobs(db, org, 60);
    const events = watch(admin, { active: true });
    assert.equal((await next(events)).changed.length, 50);
    const oldest = ids.slice(0, 1);
    await db.run(CANCEL, oldest);
    changed(oldest);
    assert.deepEqual(await next(events), { reset: false, changed: [], removedIds: oldest });
    await events.return?.();
  },
);

onPostgres(
  "watchLists() does not send the removal of an object that was never in the list",
  async ({ db }) => {
    const { id: org, admin, changed, watch } = await setUp(db);
    const [inside = ""] = await addJobs(db, org, 1);
    const events = watch(admin, { active: true });
    await next(events);
    const [outside = ""] = await addJobs(db, org, 1);
    await db.run(CANCEL, [outside]);
    await db.run(SET_PRIORITY, [inside], 1);
    changed([outside, inside]);
    const { changed: sent, removedIds } = await next(events);
    assert.deepEqual([sent.map(({ id }) => id), removedIds], [[inside], []]);
    await events.return?.();
  },
);

onPostgres(
  "watchLists() merges changes for a slow client, and resets after more than 100",
  async ({ db }) => {
    const { id: org, admin, changed, watch } = await setUp(db);
    const ids = await addJobs(db, org, 120);
    const [slow, quick] = [watch(admin), watch(admin)];
    await Promise.all([next(slow), next(quick)]);
    const touch = async (some: string[], priority: number) => {
      await db.run(SET_PRIORITY, some, priority);
      changed(some);
      await next(quick);
    };
    await touch(ids.slice(0, 2), 1);
    await touch(ids.slice(1, 3), 2);
    const merged = await next(slow);
    assert.deepEqual(merged.changed.map(({ priority }) => priority).sort(), [1, 2, 2]);

    await touch(ids.slice(0, 60), 3);
    await touch(ids.slice(60, 120), 4);
    const reset = await next(slow);
    assert.equal(reset.reset, true);
    assert.deepEqual(reset.changed.map(({ priority }) => priority), Array(50).fill(4));
    await Promise.all([slow.return?.(), quick.return?.()]);
  },
);

onPostgres("watchLists() finds an unpublished change within 10 s", async ({ db }) => {
  using clock = stopTime();
  const { id: org, admin, watch } = await setUp(db);
  const [changed = "", removed = ""] = await addJobs(db, org, 2);
  const events = watch(admin, { active: true });
  await next(events);
  await db.run(SET_PRIORITY, [changed], 9);
  await db.run(CANCEL, [removed]);
  const [added = ""] = await addJobs(db, org, 1);
  clock.tick(10_000);
  const change = await next(events);
  assert.equal(change.reset, false);
  assert.deepEqual(change.changed.map(({ id }) => id).sort(), [changed, added].sort());
  assert.deepEqual(change.removedIds, [removed]);
  await events.return?.();
});
