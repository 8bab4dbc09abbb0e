import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { previewContent } from "../../src/domain/templates/preview.ts";
import { RenderingPool } from "../../src/domain/templates/pool.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { sendTestMessage } from "../../src/domain/messages/test_message.ts";
import { updateMessage } from "../../src/domain/messages/update.ts";
import { issuesOf } from "../support/issues.ts";
import { onPostgresMail } from "../support/mail.ts";
import { startMailWorker } from "../support/mail_worker.ts";
import {
  messageInput,
  people,
  readBatches,
  readDeliveries,
  readStatus,
  tally,
} from "../support/messages.ts";
import { until } from "../support/until.ts";

const LOOP = "{% for a in (1..9999) %}{% for b in (1..999) %}{% endfor %}{% endfor %}";

const OUTCOMES = statement<
  [messageId: string],
  { status: string; code: string | null; message: string | null; at: Date }
>(
  "test.outcomes",
  `select d.status, d.error_code as code, d.error_message as message, d.updated_at as at
   from deliveries d where d.message_id = $1 order by d.updated_at`,
);

onPostgresMail(
  "a looping template fails its message by its budget, and other messages are sent meanwhile",
  async ({ db, services, organization: { admin }, channel }) => {
    const rendering = new RenderingPool();
    try {
      const withPool = { ...services, rendering };
      const worker = await startMailWorker(withPool, { channel });
      const send = async (overrides: Parameters<typeof messageInput>[0]) =>
        (await sendMessage(withPool, admin, messageInput(overrides))).message.id;
      const looping = await send({
        to: { list: people(40) },
        content: { subject: "Hello", text: LOOP },
      });
      const ordinary = await send({ to: { list: people(3) }, lane: "TRANSACTIONAL" });
      await worker.runQueued();
      const failed = await db.run(OUTCOMES, looping);
      assert.deepEqual([...new Set(failed.map(({ status, code }) => `${status} ${code}`))], [
        "FAILED TEMPLATE",
      ]);
      const refused = failed.filter(({ message }) => /the message takes more/.test(message ?? ""));
      assert.ok(refused.length >= 30, `${refused.length} of 40 were refused`);
      assert.equal(await readStatus(db, ordinary), "SENT");
      const lastSent = (await db.run(OUTCOMES, ordinary)).at(-1);
      const lastFailed = failed.at(-1);
      assert.ok(lastSent && lastFailed && lastFailed.at > lastSent.at);
    } finally {
      rendering.close();
    }
  },
);

onPostgresMail(
  "templates over a limit are refused with the reason by everything that takes a content",
  async ({ services, organization: { admin } }) => {
    const rendering = new RenderingPool();
    try {
      const withPool = { ...services, rendering };
      const sendAt = new Date(Date.now() + 3_600_000);
      const { message } = await sendMessage(withPool, admin, messageInput({ sendAt }));
      const to = { address: "ada@example.net" };
      for (
        const text of [
          "{{ a }}".repeat(60_000),
          "{% if a %}".repeat(40_000),
          "{{ a ".repeat(80_000),
        ]
      ) {
        const content = { subject: "Hello", text };
        const attempts = [
          () => sendMessage(withPool, admin, messageInput({ content })),
          () => updateMessage(withPool, admin, message.id, { content }),
          () => sendTestMessage(withPool, admin, { channel: "EMAIL", content, to }),
          () => previewContent(withPool, admin, { content }),
        ];
        for (const attempt of attempts) {
          assert.deepEqual(await issuesOf(attempt), ["content.text TEMPLATE"]);
        }
      }
    } finally {
      rendering.close();
    }
  },
);

onPostgresMail(
  "a delivery that waits to be rendered stays PENDING when its worker stops",
  async ({ db, services, organization: { admin }, channel }) => {
    const rendering = new RenderingPool();
    try {
      const withPool = { ...services, rendering };
      const worker = await startMailWorker(withPool, { channel });
      const input = messageInput({
        to: { list: people(10) },
        content: { subject: "Hello", text: LOOP },
      });
      const { message: { id } } = await sendMessage(withPool, admin, input);
      worker.start(await worker.claim());
      const isSending = async () => (await readBatches(db, id)).some(({ win }) => win !== null);
      await until("deliveries are in flight", isSending);
      worker.abort("stopping");
      // The order of a stop in which the results of jobs are not recorded in time.
      rendering.close();
      await worker.untilIdle();
      const statuses = (await readDeliveries(db, id)).map(({ status }) => status);
      assert.deepEqual(tally(statuses), { PENDING: 10 });
    } finally {
      rendering.close();
    }
  },
);

onPostgresMail(
  "deliveries stay PENDING if the threads that render have failed",
  async ({ db, services, organization: { admin }, channel }) => {
    const rendering = new RenderingPool();
    const { message: { id } } = await sendMessage(
      services,
      admin,
      messageInput({ to: { list: people(10) } }),
    );
    rendering.close();
    const worker = await startMailWorker({ ...services, rendering }, { channel });
    await worker.runQueued();
    const statuses = (await readDeliveries(db, id)).map(({ status }) => status);
    assert.deepEqual(tally(statuses), { PENDING: 10 });
  },
);
