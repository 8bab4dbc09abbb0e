import assert from "node:assert/strict";
import type { Client } from "graphql-ws";
import { toTypeId } from "../../../src/domain/id.ts";
import { updateLane } from "../../../src/domain/jobs/lane_settings.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { addJob, addJobs } from "../../support/jobs.ts";
import { messageInput, people } from "../../support/messages.ts";
import { withServer } from "../../support/server.ts";

const QUEUE = "id queue { byStatus { status count } byLane { lane queued paused pausedBy } }";
const UPDATE = `mutation ($input: UpdateLaneInput!) {
  updateLane(lane: BULK, input: $input) {
    __typename
    ... on UpdateLanePayload {
      lane { lane paused pausedBy slots }
      overview { ${QUEUE} }
      installation { id lanes { lane paused slots } }
    }
    ... on Error { reason }
    ... on InvalidInputError { issues { path code } }
  }
}`;

interface Overview {
  readonly id: string;
  readonly queue: {
    readonly byStatus: readonly { readonly status: string; readonly count: number }[];
    readonly byLane: readonly {
      readonly lane: string;
      readonly queued: number;
      readonly paused: boolean;
    }[];
  };
}

function bulkOf({ queue }: Overview) {
  return queue.byLane.find(({ lane }) => lane === "BULK");
}

async function nextOf<T>(events: AsyncIterableIterator<{ data?: T | null }>): Promise<T> {
  const { value } = await events.next();
  assert.ok(value?.data, JSON.stringify(value));
  return value.data;
}

async function refusal(client: Client, query: string): Promise<unknown> {
  const [event] = await Array.fromAsync(client.iterate({ query }));
  return event?.errors?.[0]?.extensions?.code;
}

onEveryDatabase(
  "overview shows the own organization to its ADMIN, and nothing to a MEMBER",
  ({ db }) =>
    withServer(db, async ({ post, connect, organization, services, keys }) => {
      await addJobs(db, organization.id, 3);
      await addJobs(db, (await createOrganization(db, "Other")).id, 5);
      await sendMessage(services, organization.admin, messageInput({ to: { list: people(20) } }));
      const query = `{ overview { ${QUEUE} deliveries { pendingByType { type count capped } } } }`;
      for (const key of [keys.ADMIN, keys.OPERATOR]) {
        const { overview } = (await post(query, { key })).body.data;
        assert.equal(overview.id, toTypeId("overview", organization.id));
        assert.equal(bulkOf(overview)?.queued, 4);
        assert.deepEqual(overview.queue.byStatus[0], { status: "QUEUED", count: 4 });
        const pending = overview.deliveries.pendingByType.find(
          ({ type }: { type: string }) => type === "newsletter",
        );
        assert.deepEqual(pending, { type: "newsletter", count: 20, capped: false });
      }
      const { body } = await post(query, { key: keys.MEMBER });
      assert.equal(body.data.overview, null);
      assert.equal(body.errors?.[0]?.extensions?.code, "FORBIDDEN");
      assert.equal(
        await refusal(connect(keys.MEMBER), "subscription { overviewUpdated { id } }"),
        "FORBIDDEN",
      );
      for (const key of [keys.MEMBER, keys.ADMIN]) {
        const code = await refusal(connect(key), "subscription { installationUpdated { id } }");
        assert.equal(code, "FORBIDDEN");
      }
      const node = "query ($id: ID!) { node(id: $id) { id } }";
      const read = async (id: string, key: string) =>
        (await post(node, { variables: { id: toTypeId("overview", id) }, key })).body.data.node;
      assert.ok(await read(organization.id, keys.ADMIN));
      assert.equal(await read(organization.id, keys.MEMBER), null);
      assert.equal(await read((await createOrganization(db)).id, keys.OPERATOR), null);
    }),
);

onEveryDatabase(
  "overviewUpdated begins with the present state, and follows the queue",
  ({ db }) =>
    withServer(db, async ({ connect, organization, services }) => {
      const query = `subscription { overviewUpdated { ${QUEUE} } }`;
      const events = connect().iterate<{ overviewUpdated: Overview }>({ query });
      assert.equal(bulkOf((await nextOf(events)).overviewUpdated)?.queued, 0);
      const second = connect().iterate<{ overviewUpdated: Overview }>({ query });
      assert.equal(bulkOf((await nextOf(second)).overviewUpdated)?.queued, 0);
      const id = await addJob(db, organization.id);
      services.bus.publish("jobs", organization.id, [id]);
      assert.equal(bulkOf((await nextOf(events)).overviewUpdated)?.queued, 1);
      assert.equal(bulkOf((await nextOf(second)).overviewUpdated)?.queued, 1);
      await events.return?.();
      await updateLane(services, organization.operator, "BULK", { paused: true });
      assert.equal(bulkOf((await nextOf(second)).overviewUpdated)?.paused, true);
      await second.return?.();
    }),
);

onEveryDatabase(
  "overviewUpdated emits at most 4 events a second",
  ({ db }) =>
    withServer(db, async ({ connect, organization, services }) => {
      const query = "subscription { overviewUpdated { id } }";
      const events = connect().iterate({ query });
      await events.next();
      const started = performance.now();
      const publishing = setInterval(
        () => services.bus.publish("jobs", organization.id, [organization.id]),
        5,
      );
      for (let n = 0; n < 5; n++) await events.next();
      clearInterval(publishing);
      const ms = performance.now() - started;
      assert.ok(ms >= 4 * 250 - 20, `5 events within ${ms} ms`);
      await events.return?.();
    }),
);

onEveryDatabase(
  "installationUpdated shows a lane as soon as it is paused",
  ({ db }) =>
    withServer(db, async ({ connect, post, keys }) => {
      const query = "subscription { installationUpdated { id lanes { lane paused pausedBy } } }";
      const events = connect(keys.OPERATOR).iterate<{
        installationUpdated: {
          lanes: { lane: string; paused: boolean; pausedBy: string | null }[];
        };
      }>({ query });
      const bulk = async () =>
        (await nextOf(events)).installationUpdated.lanes.find(({ lane }) => lane === "BULK");
      assert.equal((await bulk())?.paused, false);
      await post(UPDATE, { variables: { input: { paused: true } }, key: keys.OPERATOR });
      assert.deepEqual(await bulk(), { lane: "BULK", paused: true, pausedBy: "operator" });
      await events.return?.();
    }),
);

onEveryDatabase(
  "updateLane() answers with the lane, the overview and the installation",
  ({ db }) =>
    withServer(db, async ({ post, keys }) => {
      const update = async (input: object, key = keys.OPERATOR) => {
        const { body } = await post(UPDATE, { variables: { input }, key });
        assert.equal(body.errors, undefined);
        return body.data.updateLane;
      };
      const payload = await update({ paused: true, slots: 4 });
      assert.deepEqual(payload.lane, {
        lane: "BULK",
        paused: true,
        pausedBy: "operator",
        slots: 4,
      });
      assert.equal(bulkOf(payload.overview)?.paused, true);
      assert.deepEqual(
        payload.installation.lanes.find(({ lane }: { lane: string }) => lane === "BULK"),
        { lane: "BULK", paused: true, slots: 4 },
      );
      for (const key of [keys.MEMBER, keys.ADMIN]) {
        const { __typename, reason } = await update({ paused: false }, key);
        assert.deepEqual([__typename, reason], [
          "ForbiddenError",
          "Only the OPERATOR may change a lane",
        ]);
      }
      assert.deepEqual((await update({})).issues, [{ path: [], code: "EMPTY" }]);
      assert.deepEqual((await update({ slots: 0 })).issues, [
        { path: ["slots"], code: "OUT_OF_RANGE" },
      ]);
      assert.equal((await update({ paused: false, slots: null })).lane.slots, null);
    }),
);
