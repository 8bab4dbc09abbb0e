import assert from "node:assert/strict";
import type { Caller } from "../../../src/domain/access/access.ts";
import { startJob } from "../../../src/domain/jobs/start.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { deliverNotifications } from "../../../src/domain/notifications/deliver.ts";
import { dismiss, markRead } from "../../../src/domain/notifications/edit.ts";
import { updateSettings } from "../../../src/domain/notifications/settings.ts";
import {
  type NotificationChange,
  watchNotifications,
} from "../../../src/domain/notifications/watch.ts";
import type { Services } from "../../../src/domain/services.ts";
import { messageInput } from "../../support/messages.ts";
import { endJobs } from "../../support/notifications.ts";
import { onEveryQueue } from "../../support/queue.ts";

interface Page extends AsyncDisposable {
  next(): Promise<NotificationChange>;
}

async function openPage(services: Services, caller: Caller): Promise<Page> {
  const events = watchNotifications(services, caller)[Symbol.asyncIterator]();
  const page: Page = {
    async next() {
      const { value, done } = await events.next();
      if (done) throw new Error("The stream has ended");
      return value;
    },
    async [Symbol.asyncDispose]() {
      await events.return?.();
    },
  };
  assert.equal((await page.next()).reset, true);
  return page;
}

onEveryQueue(
  "all pages of a user, and no others, show the reading and dismissing of one",
  async ({ services, organization: { admin, member } }) => {
    await using first = await openPage(services, admin);
    await using second = await openPage(services, admin);
    await using other = await openPage(services, member);
    await endJobs(services, admin, 1);
    await deliverNotifications(services);
    const [created] = (await first.next()).changed;
    assert.ok(created);
    assert.deepEqual((await second.next()).changed, [created]);

    await markRead(services, admin, [created.id]);
    for (const page of [first, second]) {
      const { changed: [read] } = await page.next();
      assert.deepEqual({ ...read, readAt: null }, created);
      assert.ok(read?.readAt);
    }
    await dismiss(services, admin, null);
    for (const page of [first, second]) {
      assert.deepEqual(await page.next(), {
        reset: false,
        changed: [],
        removedIds: [created.id],
        toast: null,
      });
    }
    await endJobs(services, member, 1);
    await deliverNotifications(services);
    assert.equal((await other.next()).changed[0]?.title, "Job “Cleanup” failed");
  },
);

onEveryQueue(
  "a start is a toast for the pages of its user, and is not stored",
  async ({ services, organization: { admin, operator } }) => {
    await using page = await openPage(services, admin);
    await using other = await openPage(services, operator);
    const { job: { id } } = await startJob(services, admin, { kind: "CLEANUP", payload: {} });
    const { toast, changed } = await page.next();
    assert.deepEqual([toast?.level, toast?.title, changed], [
      "INFO",
      "Job “Cleanup” was started",
      [],
    ]);
    assert.match(toast?.subject ?? "", /^job_/);
    await sendMessage(services, admin, messageInput({ title: "Receipt", lane: "TRANSACTIONAL" }));
    await sendMessage(services, admin, messageInput({ title: "July" }));
    assert.equal((await page.next()).toast?.title, "Message “July” is being sent to 1 recipient");

    await startJob(services, operator, { kind: "RETRY_FAILED", payload: {} });
    assert.equal((await other.next()).toast?.title, "Job “Retry failed” was started");
    await deliverNotifications(services);
    assert.notEqual(id, "");
  },
);

onEveryQueue(
  "a topic that is switched off has no toasts",
  async ({ services, organization: { admin } }) => {
    await using page = await openPage(services, admin);
    await updateSettings(services, admin, [{ topic: "JOBS", inApp: false, byMail: true }]);
    await startJob(services, admin, { kind: "CLEANUP", payload: {} });
    await sendMessage(services, admin, messageInput({ title: "July" }));
    assert.match((await page.next()).toast?.title ?? "", /July/);
  },
);
