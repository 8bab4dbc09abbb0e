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

onEveryInbox(
  "a suggestion reads the mails of a thread that its reader has sent or received",
  {},
  async ({ services, organization: { id: organizationId }, receive }) => {
    const grace = { address: "grace@example.com", name: null };
    const subjectsFor = async (mail: Parameters<typeof receive>[0]) => {
      const { threadId, emailId } = await receive(mail);
      const { sources } = await gatherGround(services, { organizationId, threadId, emailId });
      return sources.filter(({ kind }) => kind === "email").map(({ text }) => text);
    };
    const first = { from: grace, messageId: "1@example.com", subject: "Order 4711" };
    assert.deepEqual(await subjectsFor({ ...first, to: ["ada@example.com"] }), ["Order 4711"]);
    const answer = { inReplyTo: "1@example.com", subject: "Re: Order 4711" };
    const from = (address: string) => ({ ...answer, from: { address, name: null } });
    const both = ["Order 4711", "Re: Order 4711"];
    assert.deepEqual(await subjectsFor(from("ada@example.com")), both);
    assert.deepEqual(await subjectsFor(from("mallory@example.net")), ["Re: Order 4711"]);
    assert.deepEqual(await subjectsFor(from("grace@example.com")), both);
  },
);
