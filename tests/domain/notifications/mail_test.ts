import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { mailNotifications } from "../../../src/domain/messages/notification_mail.ts";
import { markRead } from "../../../src/domain/notifications/edit.ts";
import { updateSettings } from "../../../src/domain/notifications/settings.ts";
import { onEveryMail, type TestMail } from "../../support/mail.ts";
import {
  ageNotifications,
  endJobs,
  notificationsOf,
  titlesOf,
} from "../../support/notifications.ts";
import { interceptStatement } from "../../support/worker.ts";

const URL = "https://waybill.example.com";
const BY_MAIL = [{ topic: "JOBS", inApp: true, byMail: true }] as const;
const SET_ADMIN_EMAIL = statement<[id: string, email: string]>(
  "test.setAdminEmail",
  "update organizations set admin_email = $2 where id = $1",
);

function onMail(name: string, test: (mail: TestMail) => Promise<void>): void {
  onEveryMail(name, test, () => ({ keepContent: true }));
}

/** Mails what is due, and returns the texts that the mail server has received so far. */
async function mails({ services, worker, smtp }: TestMail): Promise<string[]> {
  await mailNotifications(services, URL);
  await worker.runQueued();
  return smtp.received.map(({ content }) => content);
}

onMail("a thousand failing jobs are two mails", async (mail) => {
  const { db, services, organization: { admin } } = mail;
  await updateSettings(services, admin, BY_MAIL, "ada@example.com");
  await endJobs(services, admin, 1);
  await notificationsOf(services, admin);
  const [first = "", ...others] = await mails(mail);
  assert.deepEqual(others, []);
  assert.match(first, /^To: .*ada@example\.com/m);
  assert.match(first, /^Subject: =\?UTF-8\?Q\?Job_=E2=80=9CCleanup=E2=80=9D_failed\?=/m);
  assert.match(first, /No answer/);
  assert.match(first, /https:\/\/waybill\.example\.com\/notifications/);

  for (let n = 0; n < 3; n++) {
    await endJobs(services, admin, 333);
    await notificationsOf(services, admin);
    assert.equal((await mails(mail)).length, 1);
  }
  await ageNotifications(db, 10);
  const [, second = ""] = await mails(mail);
  assert.match(second, /^Subject: 999 notifications/m);
  assert.match(second, /995 jobs failed/);
  await ageNotifications(db, 10);
  assert.equal((await mails(mail)).length, 2);
});

onMail(
  "a notification that was read, or whose topic is not mailed, is not mailed",
  async (mail) => {
    const { services, organization: { admin, member } } = mail;
    await updateSettings(services, admin, BY_MAIL, "ada@example.com");
    await endJobs(services, admin, 1);
    await endJobs(services, member, 1);
    await notificationsOf(services, admin);
    await markRead(services, admin, null);
    assert.deepEqual(await mails(mail), []);
  },
);

onMail("a topic that is only mailed is not listed", async (mail) => {
  const { services, organization: { admin } } = mail;
  const settings = [{ topic: "JOBS", inApp: false, byMail: true }] as const;
  await updateSettings(services, admin, settings, "ada@example.com");
  await endJobs(services, admin, 7);
  assert.deepEqual(await titlesOf(services, admin), []);
  const [text = ""] = await mails(mail);
  assert.match(text, /2 jobs failed/);
});

onMail("an ADMIN without an address gets mails at that of the organization", async (mail) => {
  const { db, services, organization: { id, admin, member } } = mail;
  await db.run(SET_ADMIN_EMAIL, id, "admins@example.com");
  for (const caller of [admin, member]) {
    await updateSettings(services, caller, BY_MAIL);
    await endJobs(services, caller, 1);
  }
  await notificationsOf(services, admin);
  const [text = "", ...others] = await mails(mail);
  assert.match(text, /^To: .*admins@example\.com/m);
  assert.deepEqual(others, []);
});

onMail("a process that dies before it records a mail sends it once", async (mail) => {
  const { services, organization: { admin } } = mail;
  await updateSettings(services, admin, BY_MAIL, "ada@example.com");
  await endJobs(services, admin, 1);
  await notificationsOf(services, admin);
  const dying = interceptStatement(services, "notifications.recordMail", () => {
    throw new Error("The process died");
  });
  await assert.rejects(mailNotifications(dying, URL), /died/);
  assert.equal((await mails(mail)).length, 1);
});

onMail("marks of a template in a title are mailed as they are", async (mail) => {
  const { services, organization: { admin }, worker, smtp, send } = mail;
  const settings = [{ topic: "MESSAGES", inApp: true, byMail: true }] as const;
  await updateSettings(services, admin, settings, "ada@example.com");
  await send({ title: "{{ oops }}", content: { subject: "x", text: "y" } });
  await worker.runQueued();
  await notificationsOf(services, admin);
  assert.match((await mails(mail)).at(-1) ?? "", /\{\{ oops \}\}/);
  assert.equal(smtp.received.length, 2);
});

onMail("a mail about notifications that fails does not notify", async (mail) => {
  const { services, organization: { admin, operator }, worker, smtp } = mail;
  await updateSettings(services, admin, BY_MAIL, "ada@example.com");
  await endJobs(services, admin, 1);
  await notificationsOf(services, admin);
  smtp.replies.reject = () => "550 5.1.1 No such user here";
  assert.deepEqual(await mails(mail), []);
  await worker.runQueued();
  assert.equal((await titlesOf(services, admin)).length, 1);
  assert.deepEqual(await titlesOf(services, operator), []);
});
