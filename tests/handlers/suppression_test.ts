import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { addSuppressions, removeSuppressions } from "../../src/domain/suppressions/edit.ts";
import { listSuppressions } from "../../src/domain/suppressions/list.ts";
import { readUnsubscriber, unsubscribe } from "../../src/domain/suppressions/unsubscribe.ts";
import { onEveryMail, type TestMail } from "../support/mail.ts";
import { people, readDeliveries } from "../support/messages.ts";

const PROVIDERS = statement<[messageId: string], { provider: string | null }>(
  "test.attemptProviders",
  `select a.provider from delivery_attempts a join deliveries d on d.id = a.delivery_id
   where d.message_id = $1 order by d.n`,
);

async function outcomesOf({ db }: TestMail, messageId: string): Promise<string[]> {
  const rows = await readDeliveries(db, messageId);
  return rows.map(({ status, errorType, errorCode, retryable }) =>
    [status, errorType, errorCode, retryable && "retryable"].filter(Boolean).join(" ")
  );
}

const refusing = () => ({
  keepContent: true,
  reject: (address: string) => address === "person2@example.net" ? "550 5.1.1 No such user" : null,
});

onEveryMail(
  "SEND_BATCH sends nothing to a recipient that was permanently refused before",
  async (mail) => {
    const { db, services, organization: { admin }, worker, send } = mail;
    const first = await send({ to: { list: people(3) } });
    await worker.runQueued();
    assert.deepEqual(await outcomesOf(mail, first.id), [
      "SENT",
      "FAILED INVALID_RECIPIENT 550 5.1.1",
      "SENT",
    ]);
    const { edges: [refused, ...others] } = await listSuppressions(services, admin, {}, {});
    assert.deepEqual(others, []);
    assert.equal(refused?.node.address, "person2@example.net");
    assert.equal(refused?.node.reason, "REFUSED");
    assert.ok(refused?.node.deliveryId);

    const { id } = await send({ to: { list: [{ address: "Person2@Example.net", name: "Two" }] } });
    await worker.runQueued();
    assert.deepEqual(await outcomesOf(mail, id), ["FAILED INVALID_RECIPIENT SUPPRESSED"]);
    assert.deepEqual(await db.run(PROVIDERS, id), [{ provider: null }]);

    await removeSuppressions(services, admin, [refused?.node.id ?? ""]);
    const again = await send({ to: { list: people(2) } });
    await worker.runQueued();
    assert.deepEqual(await outcomesOf(mail, again.id), [
      "SENT",
      "FAILED INVALID_RECIPIENT 550 5.1.1",
    ]);
  },
  refusing,
);

onEveryMail("SEND_BATCH compares suppressed addresses in normalized form", async (mail) => {
  const { services, organization: { admin }, worker, send } = mail;
  await send({ to: { list: [{ address: "Person@xn--exmple-cua.net", name: "One" }] } });
  await worker.runQueued();
  const { edges: [refused] } = await listSuppressions(services, admin, { search: "exämple" }, {});
  assert.equal(refused?.node.address, "person@exämple.net");

  const { id } = await send({ to: { list: [{ address: "person@exa\u0308mple.net", name: "" }] } });
  await worker.runQueued();
  assert.deepEqual(await outcomesOf(mail, id), ["FAILED INVALID_RECIPIENT SUPPRESSED"]);
}, () => ({ reject: () => "550 5.1.1 No such user" }));

onEveryMail(
  "SEND_BATCH applies additions to the suppression list from the next batch on",
  async (mail) => {
    const { services, organization: { admin }, worker, send } = mail;
    const { id } = await send({ to: { list: people(101) } });
    worker.start(await worker.claim(1));
    await worker.untilIdle();
    await addSuppressions(services, admin, {
      channel: "EMAIL",
      addresses: ["person101@example.net"],
    });
    await worker.runQueued();
    const outcomes = await outcomesOf(mail, id);
    assert.deepEqual(new Set(outcomes.slice(0, 100)), new Set(["SENT"]));
    assert.equal(outcomes[100], "FAILED INVALID_RECIPIENT SUPPRESSED");
  },
);

onEveryMail("SEND_BATCH ignores the suppression list of another organization", async (mail) => {
  const { services, organization: { admin }, worker, send } = mail;
  const stranger = { ...admin, organizationId: "01890a5d-ac96-774b-bcce-b302099a8057" };
  await addSuppressions(services, stranger, { channel: "EMAIL", addresses: ["ada@example.net"] });
  const { id } = await send({});
  await worker.runQueued();
  assert.deepEqual(await outcomesOf(mail, id), ["SENT"]);
});

const newsletter = {
  unsubscribable: true,
  content: { subject: "News", text: "Away: {{ unsubscribe_url }}", html: null },
};

onEveryMail(
  "SEND_BATCH gives each recipient a List-Unsubscribe link of its own",
  async (mail) => {
    const { services, worker, smtp, send, organization } = mail;
    await send({ ...newsletter, to: { list: people(2) } });
    await worker.runQueued();
    const links = smtp.received.map(({ content, recipient }) => {
      const [, link = ""] = /^List-Unsubscribe: <(\S+)>\r\n/m.exec(content) ?? [];
      assert.match(content, /^List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n/m);
      assert.match(link, /^https:\/\/mail\.example\.com\/unsubscribe\/[\w.-]+$/);
      assert.ok(content.replaceAll("=\r\n", "").replaceAll("=3D", "=").includes(`Away: ${link}`));
      return [recipient, link.slice(link.lastIndexOf("/") + 1)] as const;
    });
    assert.equal(links.length, 2);
    for (const [recipient, token] of links) {
      const unsubscriber = await readUnsubscriber(services, token);
      assert.equal(unsubscriber?.address, recipient);
      assert.equal(unsubscriber?.organizationId, organization.id);
      assert.equal(await readUnsubscriber(services, `${token}x`), null);
      assert.equal(await readUnsubscriber(services, `x${token}`), null);
    }
  },
  () => ({ keepContent: true }),
);

onEveryMail(
  "SEND_BATCH sends transactional mail, but no newsletter, to an unsubscribed recipient",
  async (mail) => {
    const { services, worker, smtp, send } = mail;
    await send(newsletter);
    await worker.runQueued();
    const [, token = ""] = /unsubscribe\/([\w.-]+)>/.exec(smtp.received[0]?.content ?? "") ?? [];
    const unsubscriber = await readUnsubscriber(services, token);
    assert.ok(unsubscriber);
    await unsubscribe(services, unsubscriber);
    const second = await send(newsletter);
    const receipt = await send({ lane: "TRANSACTIONAL" });
    await worker.runQueued();
    assert.deepEqual(await outcomesOf(mail, second.id), ["FAILED INVALID_RECIPIENT SUPPRESSED"]);
    assert.deepEqual(await outcomesOf(mail, receipt.id), ["SENT"]);
    assert.ok(!smtp.received.at(-1)?.content.includes("List-Unsubscribe"));
  },
  () => ({ keepContent: true }),
);
