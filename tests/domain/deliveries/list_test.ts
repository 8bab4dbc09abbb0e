import assert from "node:assert/strict";
import { type DeliveryFilter, listDeliveries } from "../../../src/domain/deliveries/list.ts";
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
