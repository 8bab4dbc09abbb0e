import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import {
  figures,
  MAILGUN_KEY,
  none,
  outcomeOf,
  suppressed,
  withSent,
} from "../../support/bounces.ts";
import { people, readDeliveries } from "../../support/messages.ts";

interface MailgunEvent {
  readonly event: string;
  readonly severity?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly text?: string;
  readonly id?: string;
  readonly token?: string;
}

// As in Mailgun's documentation of its webhooks.
function mailgun(deliveryId: string, event: MailgunEvent, at = Date.now(), key = MAILGUN_KEY) {
  const timestamp = `${Math.floor(at / 1_000)}`;
  const token = event.token ?? crypto.randomUUID();
  return JSON.stringify({
    signature: {
      timestamp,
      token,
      signature: createHmac("sha256", key).update(timestamp + token).digest("hex"),
    },
    "event-data": {
      event: event.event,
      id: event.id ?? crypto.randomUUID(),
      timestamp: at / 1_000,
      "log-level": "error",
      severity: event.severity,
      reason: event.reason,
      "delivery-status": {
        "attempt-no": 1,
        message: event.text ?? "",
        code: event.code ?? 250,
        description: "",
        "session-seconds": 0.3,
      },
      flags: { "is-routed": false, "is-authenticated": true },
      message: {
        headers: { to: "Person", "message-id": `${deliveryId}@example.com`, subject: "News" },
        attachments: [],
        size: 111,
      },
      recipient: "person1@example.net",
      tags: [],
    },
  });
}

withSent("/bounces/mailgun records events", 4, async (sent) => {
  const { post, deliveryIds } = sent;
  const postEvent = (n: number, event: MailgunEvent) =>
    post("/webhooks/bounces/mailgun", mailgun(deliveryIds[n - 1] ?? "", event));
  const text = "550 5.1.1 The email account that you tried to reach does not exist";
  const failed = { event: "failed", severity: "permanent" };
  assert.equal(await postEvent(1, { ...failed, reason: "bounce", code: 550, text }), 200);
  assert.equal(await postEvent(2, { ...failed, severity: "temporary", code: 450 }), 200);
  assert.equal(await postEvent(2, { ...failed, reason: "old", code: 602, text: "Too old" }), 200);
  assert.equal(await postEvent(3, { event: "complained" }), 200);
  assert.equal(await postEvent(4, { event: "opened" }), 200);
  assert.equal(await outcomeOf(sent, 1), "BOUNCED INVALID_RECIPIENT 5.1.1");
  assert.equal(await outcomeOf(sent, 2), "BOUNCED OTHER old retryable");
  assert.equal(await outcomeOf(sent, 3), "COMPLAINED PERMISSION");
  assert.equal(await outcomeOf(sent, 4), "SENT");
  assert.deepEqual(await suppressed(sent), [
    "person1@example.net BOUNCED",
    "person3@example.net COMPLAINED",
  ]);
  assert.deepEqual(await figures(sent), {
    ...none,
    sent: 1,
    bounced: 2,
    complained: 1,
    retryable: 1,
  });
});

withSent(
  "/bounces/mailgun reads Mailgun's own lists, and its unsubscribe links",
  8,
  async (sent) => {
    const { post, deliveryIds } = sent;
    const postEvent = async (n: number, event: MailgunEvent) =>
      assert.equal(
        await post("/webhooks/bounces/mailgun", mailgun(deliveryIds[n - 1] ?? "", event)),
        200,
      );
    const dropped = { event: "failed", severity: "permanent" };
    const text = "Not delivering to an address on a list";
    await postEvent(1, { ...dropped, reason: "suppress-bounce", code: 605, text });
    await postEvent(2, { ...dropped, reason: "suppress-unsubscribe", code: 606, text });
    await postEvent(3, { ...dropped, reason: "suppress-complaint", code: 607, text });
    // Either the reason or the code is enough.
    await postEvent(4, { ...dropped, code: 606 });
    await postEvent(5, {
      ...dropped,
      reason: "suppress-complaint",
      code: 550,
      text: "550 No such user",
    });
    await postEvent(6, { event: "unsubscribed" });
    await postEvent(7, { event: "delivered" });
    await postEvent(7, { event: "unsubscribed" });
    assert.deepEqual(await Promise.all([1, 2, 3, 4, 5, 6, 7, 8].map((n) => outcomeOf(sent, n))), [
      "BOUNCED INVALID_RECIPIENT suppress-bounce",
      "SUPPRESSED",
      "SUPPRESSED",
      "SUPPRESSED",
      "SUPPRESSED",
      "SENT",
      "SENT",
      "SENT",
    ]);
    assert.deepEqual(await suppressed(sent), [
      "person1@example.net BOUNCED",
      "person2@example.net UNSUBSCRIBED",
      "person3@example.net COMPLAINED",
      "person4@example.net UNSUBSCRIBED",
      "person5@example.net COMPLAINED",
      "person6@example.net UNSUBSCRIBED",
      "person7@example.net UNSUBSCRIBED",
    ]);
    assert.deepEqual(await figures(sent), { ...none, sent: 3, bounced: 1 });
    // A receipt cannot be unsubscribed, but nothing is sent to those who complained.
    const { id } = await sent.send({ to: { list: people(3) }, unsubscribable: false });
    await sent.worker.runQueued();
    const statuses = (await readDeliveries(sent.db, id)).map(({ status }) => status);
    assert.deepEqual(statuses.map((status) => status === "SENT"), [false, true, false]);
  },
);

withSent("/bounces/mailgun accepts a token for one event only", 2, async (sent) => {
  const { post, deliveryIds: [one = "", two = ""] } = sent;
  const path = "/webhooks/bounces/mailgun";
  const token = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0";
  const event = { event: "complained", id: "Ase7i2zsRYeDXztHGENqRA", token };
  assert.equal(await post(path, mailgun(one, event)), 200);
  assert.equal(await post(path, mailgun(two, { ...event, id: "another" })), 401);
  assert.equal(await post(path, mailgun(two, event)), 200);
  assert.equal(await outcomeOf(sent, 2), "SENT");
  // The same event with a token of its own is accepted.
  assert.equal(await post(path, mailgun(two, { event: "complained", id: "another" })), 200);
  assert.equal(await outcomeOf(sent, 2), "COMPLAINED PERMISSION");
});

withSent(
  "/bounces/mailgun accepts the token of a repeated event for that event only",
  2,
  async (sent) => {
    const { post, deliveryIds: [one = "", two = ""] } = sent;
    const path = "/webhooks/bounces/mailgun";
    const event = { event: "complained", id: "Ase7i2zsRYeDXztHGENqRA" };
    const token = crypto.randomUUID();
    assert.equal(await post(path, mailgun(one, event)), 200);
    assert.equal(await post(path, mailgun(one, { ...event, token })), 200);
    assert.equal(await post(path, mailgun(two, { ...event, id: "another", token })), 401);
    assert.equal(await outcomeOf(sent, 2), "SENT");
  },
);

withSent("/bounces/mailgun checks signatures, and records an event once", 1, async (sent) => {
  const { post, deliveryIds: [id = ""] } = sent;
  const event = {
    event: "failed",
    severity: "permanent",
    code: 550,
    id: "Ase7i2zsRYeDXztHGENqRA",
  };
  const path = "/webhooks/bounces/mailgun";
  assert.equal(await post(path, mailgun(id, event, Date.now(), "another key")), 401);
  assert.equal(await post(path, mailgun(id, event, Date.now() - 13 * 60 * 60_000)), 401);
  assert.equal(await post(path, mailgun(id, event, Date.now() + 6 * 60_000)), 401);
  assert.equal(await post(path, mailgun(id, { ...event, id: "a\0b" })), 400);
  assert.equal(await post(path, mailgun(id, { ...event, id: "" })), 400);
  assert.equal(await post(path, "event=failed"), 400);
  assert.equal(await post(path, '{"signature":{}}'), 400);
  assert.equal(await outcomeOf(sent, 1), "SENT");
  assert.equal(await post(path, mailgun(id, event)), 200);
  assert.equal(await post(path, mailgun(id, { ...event, event: "complained" })), 200);
  assert.equal(await outcomeOf(sent, 1), "BOUNCED INVALID_RECIPIENT BOUNCED");
});
