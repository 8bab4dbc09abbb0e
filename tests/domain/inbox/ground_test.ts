import assert from "node:assert/strict";
import { gatherGround } from "../../../src/domain/inbox/ground.ts";
import { upsertOrder } from "../../../src/domain/orders/upsert.ts";
import { onEveryInbox } from "../../support/inbox.ts";

onEveryInbox(
  "a suggestion reads the orders of the address for replies, because a sender may be forged",
  {},
  async ({ services, organization: { id: organizationId, admin }, receive }) => {
    await upsertOrder(services, admin, {
      number: "4711",
      contactEmail: "grace@example.com",
      status: "sent",
      total: { amount: "10.00", currency: "EUR" },
      createdAt: new Date(),
    });
    const from = { address: "grace@example.com", name: null };
    const ordersFor = async (replyTo: string | null) => {
      const { threadId, emailId } = await receive({ from, replyTo });
      const { sources } = await gatherGround(services, { organizationId, threadId, emailId });
      return sources.filter(({ kind }) => kind === "order").length;
    };
    assert.equal(await ordersFor(null), 1);
    assert.equal(await ordersFor("mallory@example.net"), 0);
  },
);
