import assert from "node:assert/strict";
import { toTypeId } from "../../../src/domain/id.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { importPeople, messageInput, people } from "../../support/messages.ts";
import { withServer } from "../../support/server.ts";

const DETAILS = `query ($id: ID!, $filter: DeliveryFilter) {
  message(id: $id) {
    sentBy from { address name } replyTo audience { name } unsubscribable priority onUnknown
    deliveries(filter: $filter, first: 2) {
      nodes { recipient { address } } totalCount pageInfo { hasNextPage }
    }
    batches(first: 1) { nodes { id } }
  }
}`;

onEveryDatabase(
  "a message has its sender, audience, deliveries and batches",
  ({ db }) =>
    withServer(db, async ({ post, services, organization: { admin }, keys }) => {
      const { message } = await sendMessage(
        services,
        admin,
        messageInput({ to: { list: people(3) }, unsubscribable: true, priority: 5 }),
      );
      await sendMessage(services, admin, messageInput());
      const id = toTypeId("message", message.id);
      const { body } = await post(DETAILS, { variables: { id } });
      const { batches, deliveries, ...fields } = body.data.message;
      assert.deepEqual(fields, {
        sentBy: "ada",
        from: null,
        replyTo: null,
        audience: null,
        unsubscribable: true,
        priority: 5,
        onUnknown: "HOLD",
      });
      assert.equal(deliveries.totalCount, 3);
      assert.equal(deliveries.pageInfo.hasNextPage, true);
      assert.deepEqual(
        deliveries.nodes.map((node: { recipient: { address: string } }) => node.recipient.address),
        people(2).map(({ address }) => address),
      );

      const found = async (key: string) =>
        (await post("query ($id: ID!) { node(id: $id) { __typename } }", {
          variables: { id: batches.nodes[0].id },
          key,
        })).body.data.node;
      assert.deepEqual(await found(keys.ADMIN), { __typename: "Batch" });
      assert.equal(await found(keys.MEMBER), null);

      const other = await post(DETAILS, { variables: { id, filter: { messageId: id } } });
      assert.match(other.body.errors?.[0]?.message ?? "", /filter\.messageId: cannot be given/);
    }),
);

onEveryDatabase(
  "a message shows its audience",
  ({ db }) =>
    withServer(db, async ({ post, services, organization: { admin } }) => {
      const audience = await importPeople(services, admin, 3);
      const to = { audienceId: audience.id };
      const { message } = await sendMessage(services, admin, messageInput({ to }));
      const id = toTypeId("message", message.id);
      const { body } = await post(DETAILS, { variables: { id } });
      assert.deepEqual(body.data.message.audience, { name: audience.name });
    }),
);
