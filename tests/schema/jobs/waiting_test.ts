import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { createApiKey } from "../../../src/domain/access/api_keys.ts";
import { listDeliveries } from "../../../src/domain/deliveries/list.ts";
import { type Noun, toTypeId } from "../../../src/domain/id.ts";
import { listJobs } from "../../../src/domain/jobs/list.ts";
import { pause, pauseMessage } from "../../../src/domain/messages/pause.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { readStates } from "../../../src/domain/providers/find.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
import { addJob, addWorker } from "../../support/jobs.ts";
import { messageInput, people } from "../../support/messages.ts";
import { type TestServer, withServer } from "../../support/server.ts";

const SET_WAIT = statement<[id: string, providerId: string]>(
  "test.setJobWait",
  `update jobs set status = 'SCHEDULED', run_at = now() + interval '1 hour',
     wait_reason = 'RATE_LIMIT', wait_provider_id = $2 where id = $1`,
);

const WAITING_FOR = "waitingFor { reason text until position provider { id name state } }";
const ALL = `query ($message: ID!, $delivery: ID!, $job: ID!) {
  message(id: $message) { ${WAITING_FOR} }
  delivery(id: $delivery) { ${WAITING_FOR} }
  job(id: $job) { ${WAITING_FOR} }
}`;

/** Sends a message as the MEMBER, and returns its id with those of its delivery and its job. */
async function send({ services, organization: { member } }: TestServer) {
  const { message } = await sendMessage(services, member, messageInput());
  const subjectId = toTypeId("message", message.id);
  const jobs = await listJobs(services, member, { subjectId }, "CREATED_ASC", {});
  const deliveries = await listDeliveries(
    services,
    member,
    { messageId: message.id },
    "CREATED_ASC",
    {},
  );
  const idOf = (noun: Noun, { edges }: { edges: readonly { node: { id: string } }[] }) =>
    toTypeId(noun, edges[0]?.node.id ?? "");
  return {
    message,
    ids: { message: subjectId, delivery: idOf("delivery", deliveries), job: idOf("job", jobs) },
  };
}

onEveryDatabase(
  "waitingFor shows the reason and the provider to all callers who may see the object",
  ({ db }) =>
    withServer(db, async (server) => {
      const { services, organization, post, keys } = server;
      const [provider] = await readStates(db, services.settings?.providerIds ?? []);
      assert.ok(provider);
      const { message, ids: variables } = await send(server);
      const reason = "535 5.7.8 Authentication credentials invalid";
      await pause(services, message, { reason, code: "535 5.7.8", providers: [provider] });
      for (const key of [keys.MEMBER, keys.ADMIN, keys.OPERATOR]) {
        const { data, errors } = (await post(ALL, { variables, key })).body;
        assert.equal(errors, undefined);
        for (const { waitingFor } of [data.message, data.delivery, data.job]) {
          const { text, ...rest } = waitingFor;
          assert.match(text, /error of provider smtp\.example\.com:587: 535 5\.7\.8/);
          assert.deepEqual(rest, {
            reason: "PAUSED",
            until: null,
            position: null,
            provider: {
              id: toTypeId("provider", provider.id),
              name: "smtp.example.com:587",
              state: "CLOSED",
            },
          });
        }
      }

      const other = await createOrganization(db);
      const strangers = await Promise.all([
        createApiKey(services, organization.operator, { name: "x", role: "MEMBER", userId: "x" }),
        createApiKey(services, other.operator, { name: "y", role: "ADMIN" }),
      ]);
      for (const { secret } of strangers) {
        const { data } = (await post(ALL, { variables, key: secret })).body;
        assert.deepEqual(data, { message: null, delivery: null, job: null });
      }
    }),
);

onPostgres(
  "waitingFor of a page of 50 messages, deliveries and jobs is read by a few statements",
  ({ db }) => {
    const labels: string[] = [];
    const counting = {
      ...db,
      run: ((statement, ...params) => {
        labels.push(statement.label);
        return db.run(statement, ...params);
      }) as typeof db.run,
    };
    return withServer(counting, async ({ services, organization: { admin }, post }) => {
      for (let n = 0; n < 50; n++) await sendMessage(services, admin, messageInput());
      await sendMessage(services, admin, messageInput({ to: { list: people(50) } }));
      for (const list of ["messages(first: 50)", "jobs(first: 50)", "deliveries(filter: {})"]) {
        labels.length = 0;
        const { data } = (await post(`{ list: ${list} { nodes { ${WAITING_FOR} } } }`)).body;
        assert.equal(data.list.nodes.length, 50);
        for (const { waitingFor } of data.list.nodes) {
          assert.equal(waitingFor.reason, "LANE_PAUSED");
        }
        const reads = labels.filter((label) => /waiting|living|pausedMessages/.test(label));
        assert.equal(new Set(reads).size, reads.length, `${list}: ${reads}`);
      }
    });
  },
);

onEveryDatabase(
  "messageUpdated, messagesUpdated and jobUpdated emit a change of waitingFor",
  ({ db }) =>
    withServer(db, async (server) => {
      const { services, organization: { id: org, member }, connect } = server;
      const { message, ids } = await send(server);
      const watch = (field: string, id: string) =>
        connect().iterate({
          query: `subscription ($id: ID!) { ${field}(id: $id) { waitingFor { reason position } } }`,
          variables: { id },
        });
      const reasonsOf = async (events: AsyncIterableIterator<unknown>, expected: unknown) => {
        const { value } = await events.next();
        assert.deepEqual(value, { data: expected });
      };
      const messages = watch("messageUpdated", ids.message);
      const jobs = watch("jobUpdated", ids.job);
      const lists = connect().iterate({
        query: "subscription { messagesUpdated { changed { waitingFor { reason position } } } }",
      });
      const lanePaused = { waitingFor: { reason: "LANE_PAUSED", position: null } };
      await reasonsOf(messages, { messageUpdated: lanePaused });
      await reasonsOf(jobs, { jobUpdated: lanePaused });
      await reasonsOf(lists, { messagesUpdated: { changed: [lanePaused] } });

      // Neither row of the message nor of its job changes.
      await addJob(db, org, { topic: "newsletter", priority: 9 });
      await addWorker(services, { BULK: 1 });
      services.bus.publish("messages", org, [message.id]);
      services.bus.publish("jobs", org, null);
      const behind = { waitingFor: { reason: "BEHIND", position: 1 } };
      await reasonsOf(messages, { messageUpdated: behind });
      await reasonsOf(jobs, { jobUpdated: behind });
      await reasonsOf(lists, { messagesUpdated: { changed: [behind] } });

      await pauseMessage(services, member, message.id);
      const paused = { waitingFor: { reason: "PAUSED", position: null } };
      await reasonsOf(messages, { messageUpdated: paused });
      services.bus.publish("jobs", org, null);
      await reasonsOf(jobs, { jobUpdated: paused });
    }),
);

onPostgres(
  "Job.waitingFor names the provider of its own wait, with the time at which it ends",
  ({ db }) =>
    withServer(db, async ({ services, organization: { id: org }, post }) => {
      const [providerId = ""] = services.settings?.providerIds ?? [];
      const id = await addJob(db, org, { kind: "CLEANUP" });
      await db.run(SET_WAIT, id, providerId);
      const { data } =
        (await post(`{ job(id: "${toTypeId("job", id)}") { runAt ${WAITING_FOR} } }`))
          .body;
      const { reason, until, provider } = data.job.waitingFor;
      assert.deepEqual([reason, until, provider.name], [
        "RATE_LIMIT",
        data.job.runAt,
        "smtp.example.com:587",
      ]);
    }),
);
