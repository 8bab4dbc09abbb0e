import assert from "node:assert/strict";
import type { Client } from "graphql-ws";
import { statement } from "../../../src/db/database.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { retryJob } from "../../../src/domain/jobs/retry.ts";
import type { Services } from "../../../src/domain/services.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
import { addJob, addJobs } from "../../support/jobs.ts";
import { withServer } from "../../support/server.ts";

const SET_PRIORITY = statement<[ids: string[], priority: number]>(
  "test.setPriority",
  "update jobs set priority = $2 where id = any($1)",
);
const DELETE = statement<[id: string]>("test.deleteJob", "delete from jobs where id = $1");

interface Update {
  readonly jobUpdated: { readonly id: string; readonly status: string; readonly priority: number };
}
interface ListUpdate {
  readonly jobsUpdated: {
    readonly reset: boolean;
    readonly changed: readonly { readonly id: string; readonly priority: number }[];
    readonly removedIds: readonly string[];
  };
}

function watchJob(client: Client, id: string, rest = "") {
  return client.iterate<Update>({
    query: `subscription ($id: ID!) { jobUpdated(id: $id${rest}) { id status priority } }`,
    variables: { id: toTypeId("job", id) },
  });
}

function watchJobs(client: Client, filter: Record<string, unknown> = {}) {
  return client.iterate<ListUpdate>({
    query: `subscription ($filter: JobFilter) {
      jobsUpdated(filter: $filter) { reset changed { id priority } removedIds }
    }`,
    variables: { filter },
  });
}

/** The data of the next event. */
async function nextData<T>(events: AsyncIterableIterator<{ data?: T | null }>): Promise<T> {
  const { value, done } = await events.next();
  if (done || !value.data) throw new Error(`No event: ${JSON.stringify(value)}`);
  return value.data;
}

async function setPriority(
  { db, bus }: Services,
  organizationId: string,
  ids: string[],
  to: number,
) {
  await db.run(SET_PRIORITY, ids, to);
  bus.publish("jobs", organizationId, ids);
}

onEveryDatabase(
  "jobUpdated emits the present state first and completes when the job has finished",
  ({ db }) =>
    withServer(db, async ({ connect, services, organization: { id: org, admin } }) => {
      const id = await addJob(db, org, { kind: "CLEANUP" });
      const events = watchJob(connect(), id);
      const job = { id: toTypeId("job", id), status: "QUEUED", priority: 0 };
      assert.deepEqual(await nextData(events), { jobUpdated: job });
      await setPriority(services, org, [id], 7);
      assert.deepEqual(await nextData(events), { jobUpdated: { ...job, priority: 7 } });
      await cancelJob(services, admin, id);
      const end = { ...job, priority: 7, status: "CANCELLED" };
      assert.deepEqual(await nextData(events), { jobUpdated: end });
      assert.equal((await events.next()).done, true);
      assert.deepEqual(await Array.fromAsync(watchJob(connect(), id)), [{
        data: { jobUpdated: end },
      }]);
    }),
);

onPostgres(
  "jobUpdated stays open after the end with untilFinished: false",
  ({ db }) =>
    withServer(db, async ({ connect, services, organization: { id: org, admin } }) => {
      const id = await addJob(db, org, { kind: "CLEANUP" });
      await cancelJob(services, admin, id);
      const events = watchJob(connect(), id, ", untilFinished: false");
      assert.equal((await nextData(events)).jobUpdated.status, "CANCELLED");
      await retryJob(services, admin, id);
      assert.equal((await nextData(events)).jobUpdated.status, "QUEUED");
    }),
);

onPostgres(
  "jobUpdated emits no event when nothing has changed",
  ({ db }) =>
    withServer(db, async ({ connect, services, organization: { id: org } }) => {
      const id = await addJob(db, org, { kind: "CLEANUP" });
      const events = watchJob(connect(), id);
      await nextData(events);
      services.bus.publish("jobs", org, [id]);
      // A second client makes the feed read again, so the first one would get a repeated event here.
      await nextData(watchJob(connect(), id));
      await setPriority(services, org, [id], 1);
      assert.equal((await nextData(events)).jobUpdated.priority, 1);
    }),
);

onPostgres(
  "jobUpdated completes when the job is deleted",
  ({ db }) =>
    withServer(db, async ({ connect, services, organization: { id: org } }) => {
      const id = await addJob(db, org, { kind: "CLEANUP" });
      const events = watchJob(connect(), id);
      await nextData(events);
      await db.run(DELETE, id);
      services.bus.publish("jobs", org, [id]);
      assert.equal((await events.next()).done, true);
    }),
);

onPostgres(
  "jobUpdated refuses jobs that the caller cannot see, and ids that are no job",
  ({ db }) =>
    withServer(db, async ({ connect, keys, organization: { id: org } }) => {
      const id = await addJob(db, org, { kind: "CLEANUP", userId: "cleo" });
      const codeOf = async (key: string, id: string) => {
        const query = "subscription ($id: ID!) { jobUpdated(id: $id) { id } }";
        const { value } = await connect(key).iterate({ query, variables: { id } }).next();
        return value.errors?.[0]?.extensions?.code;
      };
      const jobId = toTypeId("job", id);
      assert.equal(await codeOf(keys.MEMBER, jobId), "NOT_FOUND");
      assert.equal(await codeOf(keys.ADMIN, jobId.slice(0, -4) + "0000"), "NOT_FOUND");
      assert.equal(await codeOf(keys.ADMIN, "nonsense"), "NOT_FOUND");
      assert.equal(await codeOf(keys.ADMIN, jobId.replace("job", "msg")), "INVALID_INPUT");
    }),
);

onEveryDatabase(
  "jobsUpdated emits the first page, then added, changed and removed jobs",
  ({ db }) =>
    withServer(db, async ({ connect, services, organization: { id: org, admin } }) => {
      const [a = "", b = ""] = await addJobs(db, org, 2, { kind: "CLEANUP" });
      const typeId = (id: string) => toTypeId("job", id);
      const events = watchJobs(connect(), { statuses: ["QUEUED"] });
      assert.deepEqual((await nextData(events)).jobsUpdated, {
        reset: true,
        changed: [b, a].map((id) => ({ id: typeId(id), priority: 0 })),
        removedIds: [],
      });

      const c = await addJob(db, org, { kind: "CLEANUP" });
      services.bus.publish("jobs", org, [c]);
      const added = { id: typeId(c), priority: 0 };
      assert.deepEqual((await nextData(events)).jobsUpdated, {
        reset: false,
        changed: [added],
        removedIds: [],
      });

      await setPriority(services, org, [a], 5);
      const changed = { id: typeId(a), priority: 5 };
      assert.deepEqual((await nextData(events)).jobsUpdated, {
        reset: false,
        changed: [changed],
        removedIds: [],
      });

      await cancelJob(services, admin, b);
      assert.deepEqual((await nextData(events)).jobsUpdated, {
        reset: false,
        changed: [],
        removedIds: [typeId(b)],
      });
    }),
);

onPostgres(
  "jobsUpdated resets after a gap, and when more than 100 jobs have changed",
  ({ db }) =>
    withServer(db, async ({ connect, services, organization: { id: org } }) => {
      const ids = await addJobs(db, org, 101, { kind: "CLEANUP" });
      const events = watchJobs(connect());
      const first = (await nextData(events)).jobsUpdated;
      assert.equal(first.changed.length, 50);
      services.bus.publish("jobs", org, null);
      assert.deepEqual((await nextData(events)).jobsUpdated, first);
      await setPriority(services, org, ids, 3);
      const { reset, changed } = (await nextData(events)).jobsUpdated;
      assert.equal(reset, true);
      assert.deepEqual(changed, first.changed.map(({ id }) => ({ id, priority: 3 })));
    }),
);

onPostgres(
  "jobsUpdated emits to a MEMBER its own jobs only",
  ({ db }) =>
    withServer(db, async ({ connect, keys, services, organization: { id: org } }) => {
      const mine = await addJob(db, org, { kind: "CLEANUP", userId: "max" });
      const theirs = await addJob(db, org, { kind: "CLEANUP", userId: "cleo" });
      const events = watchJobs(connect(keys.MEMBER));
      const ids = ({ jobsUpdated }: ListUpdate) => jobsUpdated.changed.map(({ id }) => id);
      assert.deepEqual(ids(await nextData(events)), [toTypeId("job", mine)]);
      await setPriority(services, org, [theirs, mine], 1);
      const { jobsUpdated } = await nextData(events);
      assert.deepEqual(ids({ jobsUpdated }), [toTypeId("job", mine)]);
      assert.deepEqual(jobsUpdated.removedIds, []);
    }),
);

onPostgres(
  "jobsUpdated refuses an empty list in the filter",
  ({ db }) =>
    withServer(db, async ({ connect }) => {
      const { value } = await watchJobs(connect(), { statuses: [] }).next();
      assert.deepEqual(value.errors[0].extensions.issues[0].path, ["filter", "statuses"]);
    }),
);
