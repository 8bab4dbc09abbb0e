import assert from "node:assert/strict";
import { type Connection, statement } from "../../src/db/database.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import { settleJobs, type Settlement } from "../../src/domain/jobs/settle.ts";
import { deliverNotifications } from "../../src/domain/notifications/deliver.ts";
import { listNotifications, type NotificationFilter } from "../../src/domain/notifications/list.ts";
import type { Notification } from "../../src/domain/notifications/notification.ts";
import type { Services } from "../../src/domain/services.ts";
import { addJobs, addWorker, claimWork, endOf, newJob } from "./jobs.ts";

/** Delivers what was appended, and returns the notifications of a caller, oldest first. */
export async function notificationsOf(
  services: Services,
  caller: Caller,
  filter: NotificationFilter = {},
): Promise<Notification[]> {
  await deliverNotifications(services);
  const { edges } = await listNotifications(services, caller, filter, { first: 200 });
  return edges.map(({ node }) => node).reverse();
}

/** Levels and titles of the notifications of a caller, oldest first. */
export async function titlesOf(services: Services, caller: Caller): Promise<string[]> {
  return (await notificationsOf(services, caller)).map(({ level, title }) => `${level} ${title}`);
}

/** Ends new jobs of a user, by default of kind CLEANUP; returns their ids. */
export async function endJobs(
  services: Services,
  { organizationId, userId }: Caller,
  count: number,
  end: Partial<Settlement> = { outcome: "fail" },
  job: Partial<ReturnType<typeof newJob>> = {},
): Promise<string[]> {
  const worker = await addWorker(services);
  const fields = { kind: "CLEANUP", topic: "work", userId, ...job };
  await addJobs(services.db, organizationId, count, fields);
  const jobs = await claimWork(services, worker, organizationId);
  assert.equal(jobs.length, count);
  const error = end.outcome === "done"
    ? null
    : { type: "NETWORK", code: null, message: "No answer" };
  await settleJobs(services.db, jobs.map((claimed) => endOf(claimed, { error, ...end })));
  return jobs.map(({ id }) => id);
}

const AGE = statement<[minutes: number]>(
  "test.ageNotifications",
  `with users as (
     update notification_users set mailed_at = mailed_at - $1::int * interval '1 minute',
       seen_at = seen_at - $1::int * interval '1 minute')
   update notifications set created_at = created_at - $1::int * interval '1 minute',
     last_at = last_at - $1::int * interval '1 minute'`,
);

/** Moves all times of notifications into the past. */
export async function ageNotifications(db: Connection, minutes: number): Promise<void> {
  await db.run(AGE, minutes);
}
