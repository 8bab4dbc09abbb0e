import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { type DeliveryFilter, listDeliveries } from "../../../src/domain/deliveries/list.ts";
import { idBound } from "../../../src/domain/id.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { addSuppressions } from "../../../src/domain/suppressions/edit.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people, personAt } from "../../support/messages.ts";

// Cursor of the second delivery of a message, from the first version.
const SECOND = "WyJuIGFzYyIsIjIiXQ";

onEveryMail("listDeliveries() accepts a cursor of the first version", async (mail) => {
  const { services, organization: { admin }, send } = mail;
  const { id } = await send({ to: { list: people(3) } });
  const page = { first: 10, after: SECOND };
  const { edges } = await listDeliveries(services, admin, { messageId: id }, "CREATED_ASC", page);
  assert.deepEqual(edges.map(({ node }) => node.position), [3]);
});

onEveryMail("listDeliveries() finds suppressed deliveries by status", async (mail) => {
  const { services, organization: { admin }, worker, send } = mail;
  await addSuppressions(services, admin, { channel: "EMAIL", addresses: [personAt(1)] });
  const { id } = await send({ to: { list: people(3) } });
  await worker.runQueued();
  const positions = async (filter: DeliveryFilter) => {
    const { edges } = await listDeliveries(services, admin, filter, "CREATED_ASC", {});
    return edges.map(({ node }) => node.position);
  };
  assert.deepEqual(await positions({ messageId: id, statuses: ["SUPPRESSED"] }), [1]);
  assert.deepEqual(await positions({ statuses: ["SUPPRESSED"] }), [1]);
  assert.deepEqual(await positions({ messageId: id, statuses: ["SUPPRESSED", "FAILED"] }), [1, 2]);
  assert.deepEqual(await positions({ messageId: id, statuses: ["SUPPRESSED", "SENT"] }), [1, 3]);
  assert.deepEqual(await positions({ statuses: ["SUPPRESSED"], retryable: true }), []);
  assert.deepEqual(await positions({ statuses: ["SUPPRESSED"], errorTypes: ["OTHER"] }), []);
}, () => ({ reject: (address) => address === personAt(2) ? "550 5.1.1 No such user" : null }));

const SET_CREATED = statement<[messageId: string, createdAt: Date, idAt: string]>(
  "test.setCreated",
  `update deliveries set created_at = $2, id = $3::uuid where message_id = $1`,
);

onEveryMail("listDeliveries() filters by ids, attempts, provider and times", async (mail) => {
  const { services, organization: { admin }, worker, send } = mail;
  const sent = await send({ to: { list: people(3) } });
  await worker.runQueued();
  const waiting = await send({ to: { list: people(1) } });
  const list = async (filter: DeliveryFilter) =>
    (await listDeliveries(services, admin, filter, "CREATED_ASC", {})).edges
      .map(({ node }) => node);
  const positions = async (filter: DeliveryFilter) =>
    (await list({ messageId: sent.id, ...filter })).map(({ position }) => position);

  const [first, failed] = await list({ messageId: sent.id });
  assert.ok(first?.provider && failed?.failedAt);
  assert.deepEqual(await positions({ ids: [failed.id] }), [2]);
  assert.deepEqual(await positions({ attempts: [1] }), [1, 2, 3]);
  assert.deepEqual(await positions({ attempts: [-1, 2 ** 31 - 1] }), []);
  assert.deepEqual((await list({ attempts: [0, 2] })).map(({ messageId }) => messageId), [
    waiting.id,
  ]);
  assert.deepEqual(await positions({ providers: [first.provider, "other"] }), [1, 2, 3]);
  assert.deepEqual(await positions({ providers: ["other"] }), []);
  const after = new Date(failed.failedAt.getTime() + 1);
  assert.deepEqual(await positions({ failedFrom: failed.failedAt, failedTo: after }), [2]);
  assert.deepEqual(await positions({ failedFrom: after }), []);
  assert.deepEqual(await positions({ failedTo: failed.failedAt }), []);
  const created = new Date("2026-03-01T00:00:00Z");
  await mail.db.run(SET_CREATED, waiting.id, created, idBound(created, 5));
  const createdIn = async (createdFrom: string, createdTo: string) =>
    (await list({ createdFrom: new Date(createdFrom), createdTo: new Date(createdTo) })).length;
  assert.equal(await createdIn("2026-03-01T00:00:00Z", "2026-03-01T00:00:01Z"), 1);
  assert.equal(await createdIn("2026-02-01T00:00:00Z", "2026-03-01T00:00:00Z"), 0);
  assert.equal(await createdIn("2026-03-01T00:00:01Z", "2026-03-02T00:00:00Z"), 0);
  assert.equal(await createdIn("0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z"), 4);
  await cancelMessage(services, admin, waiting.id);
  await worker.runQueued();
}, () => ({ reject: (address) => address === personAt(2) ? "550 5.1.1 No such user" : null }));
