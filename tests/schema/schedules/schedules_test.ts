import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { ensureBuiltInSchedules } from "../../../src/domain/schedules/built_in.ts";
import { findBuiltIn } from "../../../src/domain/schedules/find.ts";
import { fireDue } from "../../../src/domain/schedules/fire.ts";
import { pollSchedules } from "../../../src/domain/schedules/poll.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { type TestServer, withServer } from "../../support/server.ts";

const ONLY_DUE = statement<[name: string]>(
  "test.onlyDue",
  "update schedules set enabled = name = $1, next_at = now()",
);
const FINISH_JOBS = statement<[]>(
  "test.finishJobs",
  "update jobs set status = 'COMPLETED', finished_at = now() where finished_at is null",
);

const RUN = `mutation ($id: ID!) {
  runSchedule(id: $id) { ... on RunSchedulePayload { job { id kind } created } ... on Error { reason } }
}`;
const JOBS = "{ jobs { nodes { id kind } } }";

async function withSchedules(
  db: TestServer["services"]["db"],
  test: (server: TestServer, id: string) => Promise<void>,
): Promise<void> {
  await ensureBuiltInSchedules({ db });
  const schedule = await findBuiltIn(db, "cleanup");
  await withServer(db, (server) => test(server, toTypeId("schedule", schedule?.id ?? "")));
}

onEveryDatabase(
  "jobs shows the OPERATOR the system's jobs, which it retries and cancels",
  ({ db }) =>
    withSchedules(db, async ({ post, keys, connect }, id) => {
      const operator = { key: keys.OPERATOR };
      const changes = connect(keys.OPERATOR).iterate<
        { jobsUpdated: { changed: { id: string }[] } }
      >({
        query: "subscription { jobsUpdated { reset changed { id } } }",
      });
      assert.deepEqual((await changes.next()).value.data.jobsUpdated.changed, []);
      const run = await post(RUN, { variables: { id }, ...operator });
      const { job } = run.body.data.runSchedule;
      assert.deepEqual((await post(JOBS, operator)).body.data.jobs.nodes, [job]);
      // Both roles read the same organization, but must not share a live list.
      const ofAdmin = connect().iterate<{ jobsUpdated: { changed: unknown[] } }>({
        query: "subscription { jobsUpdated { reset changed { id } } }",
      });
      assert.deepEqual((await ofAdmin.next()).value.data.jobsUpdated.changed, []);
      assert.deepEqual((await post(JOBS)).body.data.jobs.nodes, []);
      const bySystem = async (system: boolean, key: string) => {
        const { body } = await post(`{ jobs(filter: { system: ${system} }) { nodes { id } } }`, {
          key,
        });
        return body.data.jobs.nodes.length;
      };
      assert.deepEqual(
        [await bySystem(true, keys.OPERATOR), await bySystem(false, keys.OPERATOR)],
        [1, 0],
      );
      assert.equal(await bySystem(true, keys.ADMIN), 0);
      assert.deepEqual((await changes.next()).value.data.jobsUpdated.changed, [{ id: job.id }]);

      const act = (verb: string) =>
        post(
          `mutation ($id: ID!) { ${verb}(id: $id) { __typename ... on Error { reason } } }`,
          { variables: { id: job.id }, ...operator },
        );
      assert.equal((await act("cancelJob")).body.data.cancelJob.__typename, "CancelJobPayload");
      assert.equal((await act("retryJob")).body.data.retryJob.__typename, "RetryJobPayload");
      const forAdmin = await post(`{ job(id: "${job.id}") { id } }`);
      assert.equal(forAdmin.body.data.job, null);
    }),
);

onEveryDatabase(
  "schedules are refused to a MEMBER",
  ({ db }) =>
    withSchedules(db, async ({ post, keys }, id) => {
      const member = { key: keys.MEMBER };
      const list = await post("{ schedules { nodes { id } } }", member);
      assert.equal(list.body.errors?.[0]?.extensions?.code, "FORBIDDEN");
      const one = await post(`{ schedule(id: "${id}") { id } node(id: "${id}") { id } }`, member);
      assert.deepEqual(one.body.data, { schedule: null, node: null });
    }),
);

onEveryDatabase(
  "schedulesUpdated and nodeUpdated emit fires, outcomes, edits and deletions",
  ({ db }) =>
    withSchedules(db, async ({ post, services, connect }, id) => {
      const client = connect();
      const list = client.iterate<{ schedulesUpdated: Record<string, unknown> }>({
        query: `subscription {
          schedulesUpdated { reset changed { name enabled lastFire { outcome } } removedIds }
        }`,
      });
      const one = client.iterate<{ nodeUpdated: Record<string, unknown> }>({
        query: `subscription ($id: ID!) {
          nodeUpdated(id: $id) { __typename ... on Schedule { name lastFire { outcome } } }
        }`,
        variables: { id },
      });
      const nextOfList = async () => (await list.next()).value.data.schedulesUpdated;
      const nextOfOne = async () => (await one.next()).value.data.nodeUpdated;
      const idle = { enabled: true, lastFire: null };
      assert.deepEqual(await nextOfList(), {
        reset: true,
        changed: [
          "cleanup",
          "process-quotes",
          "release-stale-locks",
          "retry-failed",
          "retry-quote-emails",
          "send-due",
        ].map((name) => ({ name, ...idle })),
        removedIds: [],
      });
      const node = { __typename: "Schedule", name: "cleanup" };
      assert.deepEqual(await nextOfOne(), { ...node, lastFire: null });

      await db.run(ONLY_DUE, "cleanup");
      await fireDue(services);
      const fired = { lastFire: { outcome: "ENQUEUED" } };
      assert.deepEqual(await nextOfOne(), { ...node, ...fired });
      assert.deepEqual((await nextOfList()).changed, [{
        name: "cleanup",
        enabled: true,
        ...fired,
      }]);
      await db.run(FINISH_JOBS);
      await pollSchedules(services);
      const ended = { lastFire: { outcome: "COMPLETED" } };
      assert.deepEqual(await nextOfOne(), { ...node, ...ended });
      assert.deepEqual((await nextOfList()).changed, [{
        name: "cleanup",
        enabled: true,
        ...ended,
      }]);

      const { body } = await post(`mutation {
        createSchedule(input: { name: "own", kind: CLEANUP, payload: {}, cron: "0 3 * * *" }) {
          ... on CreateSchedulePayload { schedule { id } }
        }
      }`);
      const created = body.data.createSchedule.schedule.id;
      assert.deepEqual((await nextOfList()).changed, [{ name: "own", ...idle }]);
      await post(`mutation { deleteSchedule(id: "${created}") { __typename } }`);
      assert.deepEqual((await nextOfList()).removedIds, [created]);
    }),
);

onEveryDatabase(
  "nodeUpdated refuses unknown ids and types without events",
  ({ db }) =>
    withSchedules(db, async ({ connect, organization }) => {
      const follow = async (id: string) => {
        const events = connect().iterate({
          query: `subscription { nodeUpdated(id: "${id}") { id } }`,
        });
        return (await events.next()).value.errors?.[0]?.extensions?.code;
      };
      assert.equal(await follow(toTypeId("organization", organization.id)), "INVALID_INPUT");
      assert.equal(await follow(toTypeId("schedule", organization.id)), "NOT_FOUND");
      assert.equal(await follow("nothing"), "NOT_FOUND");
    }),
);

onEveryDatabase(
  "schedulePreview explains an expression, or gives the reason of the parser",
  ({ db }) =>
    withSchedules(db, async ({ post }) => {
      const preview = async (cron: string) => {
        const { body } = await post(
          `query ($cron: String!) {
          schedulePreview(cron: $cron, timezone: "Europe/Berlin") {
            ... on SchedulePreview { words nextTicks }
            ... on InvalidInputError { issues { path message } }
          }
        }`,
          { variables: { cron } },
        );
        return body.data.schedulePreview;
      };
      const { words, nextTicks } = await preview("*/15 * * * *");
      assert.equal(words, "Every 15 minutes");
      assert.equal(nextTicks.length, 10);
      const { issues: [issue] } = await preview("0 25 * * *");
      assert.deepEqual(issue.path, ["cron"]);
      assert.match(issue.message, /25/);
    }),
);
