import assert from "node:assert/strict";
import { InvalidInputError, NotFoundError } from "../../../src/domain/errors.ts";
import { newId } from "../../../src/domain/id.ts";
import { dismiss, markRead } from "../../../src/domain/notifications/edit.ts";
import { countUnread } from "../../../src/domain/notifications/list.ts";
import {
  getSettings,
  settingsList,
  updateSettings,
} from "../../../src/domain/notifications/settings.ts";
import { endJobs, notificationsOf, titlesOf } from "../../support/notifications.ts";
import { onEveryQueue } from "../../support/queue.ts";

onEveryQueue("markRead() marks some, then all", async ({ services, organization: { admin } }) => {
  await endJobs(services, admin, 3);
  const [first] = await notificationsOf(services, admin);
  assert.ok(first);
  const [marked, ...others] = await markRead(services, admin, [first.id, first.id]);
  assert.ok(marked?.readAt);
  assert.deepEqual([marked.id, others], [first.id, []]);
  assert.equal(await countUnread(services, admin), 2);
  assert.deepEqual((await markRead(services, admin, [first.id]))[0]?.readAt, marked.readAt);
  assert.deepEqual(await markRead(services, admin, []), []);
  assert.equal((await markRead(services, admin, null)).length, 2);
  assert.equal(await countUnread(services, admin), 0);
  assert.deepEqual((await notificationsOf(services, admin, { unread: true })).length, 0);
  assert.deepEqual((await notificationsOf(services, admin, { unread: false })).length, 3);
});

onEveryQueue("dismiss() deletes some, then all", async ({ services, organization: { admin } }) => {
  await endJobs(services, admin, 3);
  const [first] = await notificationsOf(services, admin);
  assert.ok(first);
  assert.deepEqual(await dismiss(services, admin, [first.id]), [first.id]);
  assert.equal((await titlesOf(services, admin)).length, 2);
  assert.deepEqual(await dismiss(services, admin, []), []);
  assert.equal((await dismiss(services, admin, null)).length, 2);
  assert.deepEqual(await titlesOf(services, admin), []);
});

onEveryQueue(
  "markRead() and dismiss() change nothing if an id is unknown or of another user",
  async ({ services, organization: { admin, member } }) => {
    await endJobs(services, admin, 1);
    await endJobs(services, member, 1);
    const [own] = await notificationsOf(services, admin);
    const [foreign] = await notificationsOf(services, member);
    assert.ok(own && foreign);
    for (const other of [foreign.id, newId()]) {
      for (const act of [markRead, dismiss]) {
        await assert.rejects(act(services, admin, [own.id, other]), (error) => {
          assert.ok(error instanceof NotFoundError, String(error));
          assert.equal(error.ids.length, 1);
          return true;
        });
      }
    }
    for (const caller of [admin, member]) assert.equal(await countUnread(services, caller), 1);
    await markRead(services, admin, null);
    await dismiss(services, admin, null);
    assert.equal(await countUnread(services, member), 1);
  },
);

onEveryQueue(
  "updateSettings() changes the topics that are named, and the address if it is given",
  async ({ services, organization: { admin, member } }) => {
    await updateSettings(services, admin, [{ topic: "JOBS", inApp: false, byMail: true }]);
    await updateSettings(services, admin, [], " ada@example.com ");
    await updateSettings(services, admin, [{ topic: "PROBLEMS", inApp: true, byMail: true }]);
    const { settings, email, address } = await getSettings(services, admin);
    assert.deepEqual(settingsList(settings), [
      { topic: "MESSAGES", inApp: true, byMail: false },
      { topic: "CAMPAIGNS", inApp: true, byMail: false },
      { topic: "JOBS", inApp: false, byMail: true },
      { topic: "LEARNING", inApp: true, byMail: false },
      { topic: "PROBLEMS", inApp: true, byMail: true },
      { topic: "BUDGET", inApp: true, byMail: false },
    ]);
    assert.deepEqual([email, address], ["ada@example.com", "ada@example.com"]);
    await updateSettings(services, admin, [], null);
    assert.equal((await getSettings(services, admin)).email, null);
    assert.deepEqual(await getSettings(services, member), {
      settings: {},
      email: null,
      address: null,
    });
  },
);

onEveryQueue(
  "updateSettings() refuses an address that is none and a topic twice, and changes nothing",
  async ({ services, organization: { admin } }) => {
    const off = { topic: "JOBS", inApp: false, byMail: false } as const;
    for (
      const [settings, email, path] of [
        [[off], "nobody", ["email"]],
        [[off], "a@example.com\r\nBcc: b@example.com", ["email"]],
        [[off, off], undefined, ["input", "1", "topic"]],
      ] as const
    ) {
      await assert.rejects(updateSettings(services, admin, settings, email), (error) => {
        assert.ok(error instanceof InvalidInputError, String(error));
        assert.deepEqual(error.issues.map((issue) => issue.path), [path]);
        return true;
      });
    }
    assert.deepEqual((await getSettings(services, admin)).settings, {});
  },
);
