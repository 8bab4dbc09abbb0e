import assert from "node:assert/strict";
import { onEveryInbound } from "../support/inbound_mail.ts";
import { orderInput } from "../support/orders.ts";

const UPSERT = `mutation ($input: UpsertOrderInput!) {
  upsertOrder(input: $input) {
    ... on UpsertOrderPayload { order { total { amount currency } } created }
    ... on Error { reason }
  }
}`;
const THREAD = `query ($id: ID!) {
  thread(id: $id) { orders(first: 1) { nodes { number } totalCount pageInfo { hasNextPage } } }
}`;

onEveryInbound("a thread has the orders of the other party", async ({ post, postJson }) => {
  const mail = { from: "Ada <Ada@Example.com>", subject: "My order", text: "Where is it?" };
  const { body: { threadId } } = await postJson(mail);
  const others = { contactEmail: "max@example.com", number: "#1003" };
  for (const overrides of [{}, { number: "#1002" }, others]) {
    const { body } = await post(UPSERT, { variables: { input: orderInput(overrides) } });
    assert.deepEqual(body.data.upsertOrder, {
      order: { total: { amount: "49.90", currency: "EUR" } },
      created: true,
    });
  }
  const { body } = await post(THREAD, { variables: { id: threadId } });
  assert.deepEqual(body.data.thread.orders, {
    nodes: [{ number: "#1002" }],
    totalCount: 2,
    pageInfo: { hasNextPage: true },
  });
});
