import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { listDeliveries, readAttempts } from "../../src/domain/deliveries/list.ts";
import { readErrorTypes, readStats } from "../../src/domain/deliveries/stats.ts";
import type { Progress } from "../../src/domain/jobs/job.ts";
import { retryDeliveries } from "../../src/domain/messages/retry.ts";
import { addSuppressions, removeSuppressions } from "../../src/domain/suppressions/edit.ts";
import { listSuppressions } from "../../src/domain/suppressions/list.ts";
import { readUnsubscriber, unsubscribe } from "../../src/domain/suppressions/unsubscribe.ts";
import { logOf } from "../support/log.ts";
import { onEveryMail, type TestMail } from "../support/mail.ts";
import { people, personAt, readDeliveries, readStatus } from "../support/messages.ts";
import { refusals } from "../support/retries.ts";

const PROGRESS = statement<[messageId: string], Progress>(
  "test.batchProgress",
  `select (progress ->> 'total')::int as total, (progress ->> 'processed')::int as processed,
     (progress ->> 'succeeded')::int as succeeded, (progress ->> 'failed')::int as failed,
     (progress ->> 'skipped')::int as skipped
   from jobs where id in (select job_id from batches where message_id = $1)`,
);

async function outcomesOf({ db }: TestMail, messageId: string): Promise<string[]> {
  const rows = await readDeliveries(db, messageId);
  return rows.map(({ status, errorType, errorCode, retryable }) =>
    [status, errorType, errorCode, retryable && "retryable"].filter(Boolean).join(" ")
  );
}

/** The deliveries of a message as the API shows them, by position. */
async function listOf({ services, organization: { admin } }: TestMail, messageId: string) {
  const { edges } = await listDeliveries(services, admin, { messageId }, "CREATED_ASC", {});
  return edges.map(({ node }) => node);
}

async function list({ services, organization: { admin } }: TestMail, ...numbers: number[]) {
  const addresses = numbers.map(personAt);
  await addSuppressions(services, admin, { channel: "EMAIL", addresses });
}

onEveryMail("SEND_BATCH makes no attempt for a suppressed recipient", async (mail) => {
  const { db, worker, send, smtp } = mail;
  await list(mail, 2);
  const { id } = await send({ to: { list: people(3) } });
  const lines = await logOf(() => worker.runQueued());
  const [, suppressed] = await listOf(mail, id);
  assert.ok(suppressed);
  const { status, suppressionReason, attempt, lastAttemptAt, provider } = suppressed;
  assert.deepEqual([status, suppressionReason], ["SUPPRESSED", "MANUAL"]);
  assert.deepEqual([attempt, lastAttemptAt, provider], [0, null, null]);
  assert.deepEqual([suppressed.errorType, suppressed.errorMessage], [null, null]);
  assert.deepEqual(await readAttempts(mail.services, suppressed), []);
  assert.equal(smtp.received.length, 2);
  assert.ok(
    lines.some((line) => /^Delivery dlv_\w+ of msg_\w+: SUPPRESSED, .* MANUAL$/.test(line)),
  );

  assert.equal(await readStatus(db, id), "SENT");
  const stats = (await readStats(db, [id])).get(id);
  assert.deepEqual([stats?.sent, stats?.suppressed, stats?.failed], [2, 1, 0]);
  assert.deepEqual([stats?.pending, stats?.successFraction], [0, 1]);
  assert.deepEqual(await readErrorTypes(db, [id]), []);
  assert.deepEqual(await db.run(PROGRESS, id), [
    { total: 3, processed: 3, succeeded: 2, failed: 0, skipped: 1 },
  ]);
});

onEveryMail("a message is SENT if all of its recipients are suppressed", async (mail) => {
  const { db, worker, send } = mail;
  await list(mail, 1, 2);
  const { id } = await send({ to: { list: people(2) }, retry: { mode: "AUTO", maxAttempts: 3 } });
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "SENT");
  const stats = (await readStats(db, [id])).get(id);
  assert.deepEqual([stats?.suppressed, stats?.retryable, stats?.successFraction], [2, 0, null]);
});

onEveryMail(
  "a message with failures is not SENT because of suppressed recipients",
  async (mail) => {
    const { db, worker, send } = mail;
    await list(mail, 1);
    const failed = await send({ to: { list: people(2) } });
    await worker.runQueued();
    assert.deepEqual(await outcomesOf(mail, failed.id), [
      "SUPPRESSED",
      "FAILED INVALID_RECIPIENT 550 5.1.1",
    ]);
    assert.equal(await readStatus(db, failed.id), "FAILED");
    const { id } = await send({ to: { list: people(4).toSpliced(1, 1) } });
    refusals(mail.smtp).refuse([4]);
    await worker.runQueued();
    assert.deepEqual(await outcomesOf(mail, id), [
      "SUPPRESSED",
      "SENT",
      "FAILED NETWORK 451 4.3.0 retryable",
    ]);
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  },
  () => refusing(),
);

onEveryMail("a delivery that is suppressed at a retry keeps its earlier attempts", async (mail) => {
  const { db, services, organization: { admin }, worker, send, smtp } = mail;
  const replies = refusals(smtp);
  replies.refuse([1], "550 5.7.1 Not from you");
  const { id } = await send({ to: { list: people(1) } });
  await worker.runQueued();
  const [failed] = await listOf(mail, id);
  assert.ok(failed?.provider);
  await list(mail, 1);
  await retryDeliveries(services, admin, { ids: [failed.id], force: true });
  await worker.runQueued();
  const [suppressed] = await listOf(mail, id);
  assert.ok(suppressed);
  assert.equal(suppressed.status, "SUPPRESSED");
  assert.deepEqual([suppressed.attempt, suppressed.provider], [1, failed.provider]);
  assert.deepEqual(suppressed.lastAttemptAt, failed.lastAttemptAt);
  assert.deepEqual([suppressed.failedAt, suppressed.errorType], [null, null]);
  assert.equal((await readAttempts(services, suppressed)).length, 1);
  assert.equal(await readStatus(db, id), "SENT");
});

const refusing = () => ({
  keepContent: true,
  reject: (address: string) => address === "person2@example.net" ? "550 5.1.1 No such user" : null,
});

onEveryMail(
  "SEND_BATCH sends nothing to a recipient that was permanently refused before",
  async (mail) => {
    const { services, organization: { admin }, worker, send } = mail;
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
    assert.deepEqual(await outcomesOf(mail, id), ["SUPPRESSED"]);

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
  assert.deepEqual(await outcomesOf(mail, id), ["SUPPRESSED"]);
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
    assert.equal(outcomes[100], "SUPPRESSED");
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
    assert.deepEqual(await outcomesOf(mail, second.id), ["SUPPRESSED"]);
    assert.deepEqual(await outcomesOf(mail, receipt.id), ["SENT"]);
    assert.ok(!smtp.received.at(-1)?.content.includes("List-Unsubscribe"));
  },
  () => ({ keepContent: true }),
);
