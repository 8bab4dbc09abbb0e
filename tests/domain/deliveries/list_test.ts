import assert from "node:assert/strict";
import { listDeliveries } from "../../../src/domain/deliveries/list.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people } from "../../support/messages.ts";

// Cursor of the second delivery of a message, from the first version.
const SECOND = "WyJuIGFzYyIsIjIiXQ";

onEveryMail("listDeliveries() accepts a cursor of the first version", async (mail) => {
  const { services, organization: { admin }, send } = mail;
  const { id } = await send({ to: { list: people(3) } });
  const page = { first: 10, after: SECOND };
  const { edges } = await listDeliveries(services, admin, { messageId: id }, "CREATED_ASC", page);
  assert.deepEqual(edges.map(({ node }) => node.position), [3]);
});
