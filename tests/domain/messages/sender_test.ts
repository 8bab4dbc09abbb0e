import assert from "node:assert/strict";
import type { Database } from "../../../src/db/database.ts";
import { updateOrganization } from "../../../src/domain/access/update_organization.ts";
import type { SendMessageInput } from "../../../src/domain/messages/input.ts";
import { getMessage } from "../../../src/domain/messages/find.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { issuesOf } from "../../support/issues.ts";
import { messageInput } from "../../support/messages.ts";

const MAIL_FROM = { address: "noreply@example.com", name: "Example" };
const ACME = { address: "news@acme.example", name: "Acme" };

async function setUp(db: Database) {
  const { id, admin, operator } = await createOrganization(db);
  const services = { db, bus: createBus(), mailFrom: MAIL_FROM };
  return {
    change: (input: Parameters<typeof updateOrganization>[3]) =>
      updateOrganization(services, operator, id, input),
    async send(overrides: Partial<SendMessageInput>) {
      const { message } = await sendMessage(services, admin, messageInput(overrides));
      const stored = await getMessage(services, admin, message.id);
      // The returned message must be the stored one.
      assert.deepEqual(message, stored);
      return { message, sender: [stored.fromAddress, stored.fromName, stored.replyTo] };
    },
    read: async (messageId: string) => {
      const { fromAddress, fromName, replyTo } = await getMessage(services, admin, messageId);
      return [fromAddress, fromName, replyTo];
    },
  };
}

const LATER = { sendAt: new Date(Date.now() + 3_600_000) };

onEveryDatabase("a message keeps the sender that it was accepted with", async ({ db }) => {
  const { change, send, read } = await setUp(db);
  for (const time of [{}, LATER]) {
    await change({ from: null, replyTo: null });
    assert.deepEqual((await send(time)).sender, [null, null, null]);
    await change({ from: ACME, replyTo: "help@acme.example" });
    const { message, sender } = await send(time);
    assert.deepEqual(sender, ["news@acme.example", "Acme", "help@acme.example"]);
    const own = await send({
      ...time,
      from: { address: " Sales@ACME.example " },
      replyTo: "sales@other.example",
    });
    assert.deepEqual(own.sender, ["Sales@ACME.example", null, "sales@other.example"]);
    await change({ from: { address: "new@acme.example" }, replyTo: null });
    assert.deepEqual(await read(message.id), sender);
  }
});

onEveryDatabase("the sender of a message must be of the organization's domain", async ({ db }) => {
  const { change, send } = await setUp(db);
  const from = (address: string) => ({ from: { address } });
  const wrong = ["from.address WRONG_DOMAIN"];
  assert.deepEqual(await issuesOf(() => send(from("news@acme.example"))), wrong);
  assert.equal((await send(from("sales@EXAMPLE.com"))).sender[0], "sales@EXAMPLE.com");
  await change({ from: { address: "news@bücher.example" } });
  assert.deepEqual(await issuesOf(() => send(from("sales@example.com"))), wrong);
  assert.deepEqual(await issuesOf(() => send(from("a@shop.bücher.example"))), wrong);
  const spelled = await send(from("sales@xn--bcher-kva.example"));
  assert.equal(spelled.sender[0], "sales@xn--bcher-kva.example");
});

onEveryDatabase("sendMessage() names the faults of a sender", async ({ db }) => {
  const { send } = await setUp(db);
  const faults = (input: Partial<SendMessageInput>) => issuesOf(() => send(input));
  assert.deepEqual(
    await faults({
      title: "",
      from: { address: "a@example.com\nBcc: eve@example.net", name: "A\r\nB" },
      replyTo: "a@example.com\r\nBcc: eve@example.net",
    }),
    [
      "title REQUIRED",
      "replyTo HEADER_INJECTION",
      "from.address HEADER_INJECTION",
      "from.name HEADER_INJECTION",
    ],
  );
});
