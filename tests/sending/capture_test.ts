import assert from "node:assert/strict";
import { readdir, symlink } from "node:fs/promises";
import { join } from "node:path";
import { openCaptureChannel } from "../../src/channels/capture.ts";
import { statement } from "../../src/db/database.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { getMessage } from "../../src/domain/messages/find.ts";
import { resumeMessages } from "../../src/domain/messages/resume.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { onEveryDatabase } from "../support/database.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { startMailWorker } from "../support/mail_worker.ts";
import { messageInput, people, readDeliveries, readStatus, tally } from "../support/messages.ts";

const MAILS = 250;
const WINDOW = 4;
const IDS = statement<[messageId: string], { id: string }>(
  "test.deliveryIds",
  "select id from deliveries where message_id = $1",
);

function dayOf(daysFromNow: number): string {
  return new Date(Date.now() + daysFromNow * 86_400_000).toISOString().slice(0, 10);
}

onEveryDatabase("a full disk pauses a captured message once, with its reason", async ({ db }) => {
  await openLedger(db);
  const services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const directory = await Deno.makeTempDir({ prefix: "waybill-test-" });
  const channel = openCaptureChannel(directory, "noreply@example.com");
  const worker = await startMailWorker(services, { channel, window: WINDOW });
  const input = messageInput({ to: { list: people(MAILS) } });
  const { message: { id } } = await sendMessage(services, admin, input);
  worker.start(await worker.claim());
  await worker.untilIdle();

  // Writing to this device fails like writing to a full disk. Two days, because midnight may pass.
  const unfinished = (await db.run(IDS, id)).map((delivery) =>
    `.${toTypeId("delivery", delivery.id)}.tmp`
  );
  const days = [dayOf(0), dayOf(1)].map((day) => join(directory, "mail", day));
  for (const day of days) {
    await Deno.mkdir(day, { recursive: true });
    for (const name of unfinished) await symlink("/dev/full", join(day, name));
  }
  await worker.runQueued();
  const { status, pauseReason } = await getMessage(services, admin, id);
  assert.equal(status, "PAUSED");
  assert.match(
    pauseReason ?? "",
    /^Cannot write captured mail to .*mail: No space left on device/,
  );
  const waiting = await readDeliveries(db, id);
  assert.deepEqual(tally(waiting.map((delivery) => delivery.status)), { PENDING: MAILS });
  // At most one window of each of the batches that are sent at once was tried.
  const tried = waiting.filter(({ tries }) => tries > 0);
  assert.ok(tried.length <= 3 * WINDOW, `${tried.length} mails were tried`);
  assert.ok(tried.every(({ attempt }) => attempt === 0));

  await Promise.all(days.map((day) => Deno.remove(day, { recursive: true })));
  await resumeMessages(services, admin, { ids: [id] });
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "SENT");
  const files = await readdir(join(directory, "mail"), { recursive: true });
  const captured = files.flatMap((file) => /(\w+)\.eml$/.exec(file)?.[1] ?? []);
  assert.equal(captured.length, MAILS);
  assert.ok(!files.some((file) => file.endsWith(".tmp")));
  await assertJobsHold(db);
  await assertDeliveriesHold(db, new Map(captured.map((delivery) => [delivery, 1])));
  await Deno.remove(directory, { recursive: true });
});
