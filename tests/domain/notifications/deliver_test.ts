import assert from "node:assert/strict";
import { deliverNotifications } from "../../../src/domain/notifications/deliver.ts";
import { dismiss, markRead } from "../../../src/domain/notifications/edit.ts";
import { countUnread } from "../../../src/domain/notifications/list.ts";
import { pruneNotifications } from "../../../src/domain/notifications/prune.ts";
import { updateSettings } from "../../../src/domain/notifications/settings.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import {
  ageNotifications,
  endJobs,
  notificationsOf,
  titlesOf,
} from "../../support/notifications.ts";
import { onEveryQueue, onPostgresQueue } from "../../support/queue.ts";

const FAILED = "ERROR Job “Cleanup” failed";

onEveryQueue(
  "a thousand failed jobs are six notifications, until these are read",
  async ({ services, organization: { admin } }) => {
    await endJobs(services, admin, 600);
    await deliverNotifications(services);
    const ids = await endJobs(services, admin, 400);
    const notifications = await notificationsOf(services, admin);
    assert.deepEqual(notifications.map(({ count }) => count).sort(), [1, 1, 1, 1, 1, 995]);
    const many = notifications.find(({ count }) => count > 1);
    assert.equal(many?.title, "995 jobs failed");
    assert.equal(many.body, "Latest: Job “Cleanup” failed: No answer");
    assert.ok(ids.some((id) => toTypeId("job", id) === many.subject));
    assert.equal(await countUnread(services, admin), 6);

    await markRead(services, admin, null);
    await endJobs(services, admin, 3);
    const unread = await notificationsOf(services, admin, { unread: true });
    assert.deepEqual(unread.map(({ title }) => title), ["3 jobs failed"]);
  },
);

onEveryQueue(
  "events of other kinds, and those of the next hour, are not grouped with earlier ones",
  async ({ db, services, organization: { admin, member } }) => {
    await endJobs(services, admin, 5);
    await endJobs(services, admin, 1, { outcome: "done" });
    await endJobs(services, member, 1);
    const titles = await titlesOf(services, admin);
    assert.deepEqual(titles.sort(), [
      ...Array(5).fill(FAILED),
      "SUCCESS Job “Cleanup” was completed",
    ]);
    assert.deepEqual(await titlesOf(services, member), [FAILED]);
    await ageNotifications(db, 61);
    await endJobs(services, admin, 1);
    assert.equal((await titlesOf(services, admin)).filter((title) => title === FAILED).length, 6);
  },
);

onEveryQueue(
  "an event that would be grouped with a dismissed notification gets its own",
  async ({ services, organization: { admin } }) => {
    await endJobs(services, admin, 6);
    assert.equal((await notificationsOf(services, admin)).length, 6);
    await dismiss(services, admin, null);
    await endJobs(services, admin, 1);
    assert.deepEqual(await titlesOf(services, admin), [FAILED]);
  },
);

onEveryQueue(
  "a topic that is switched off notifies of nothing",
  async ({ services, organization: { admin } }) => {
    await updateSettings(services, admin, [{ topic: "JOBS", inApp: false, byMail: false }]);
    await endJobs(services, admin, 1);
    assert.deepEqual(await titlesOf(services, admin), []);
    await updateSettings(services, admin, [{ topic: "JOBS", inApp: true, byMail: false }]);
    await endJobs(services, admin, 1);
    assert.deepEqual(await titlesOf(services, admin), [FAILED]);
  },
);

onPostgresQueue(
  "processes that deliver at once deliver each event once",
  async ({ services, organization: { admin } }) => {
    for (let round = 0; round < 5; round++) {
      await endJobs(services, admin, 40);
      await Promise.all(Array.from({ length: 6 }, () => deliverNotifications(services)));
    }
    const notifications = await notificationsOf(services, admin);
    assert.equal(notifications.reduce((sum, { count }) => sum + count, 0), 200);
  },
);

onEveryQueue(
  "notifications are kept for 90 days after their last event",
  async ({ db, services, organization: { admin } }) => {
    await endJobs(services, admin, 1);
    await notificationsOf(services, admin);
    await ageNotifications(db, 90 * 24 * 60 - 5);
    await pruneNotifications(services);
    assert.equal((await titlesOf(services, admin)).length, 1);
    await ageNotifications(db, 10);
    await pruneNotifications(services);
    assert.deepEqual(await titlesOf(services, admin), []);
  },
);
