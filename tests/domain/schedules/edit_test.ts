import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { SYSTEM_ORGANIZATION_ID } from "../../../src/domain/access/access.ts";
import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
} from "../../../src/domain/errors.ts";
import { readAttempts } from "../../../src/domain/jobs/find.ts";
import { listJobs } from "../../../src/domain/jobs/list.ts";
import { ensureBuiltInSchedules } from "../../../src/domain/schedules/built_in.ts";
import { createSchedule, type CreateScheduleInput } from "../../../src/domain/schedules/create.ts";
import { deleteSchedule } from "../../../src/domain/schedules/delete.ts";
import { findBuiltIn, listSchedules } from "../../../src/domain/schedules/find.ts";
import { fireDue } from "../../../src/domain/schedules/fire.ts";
import { listFires } from "../../../src/domain/schedules/fires.ts";
import { runSchedule } from "../../../src/domain/schedules/run.ts";
import { setInterval, updateSchedule } from "../../../src/domain/schedules/update.ts";
import type { Services } from "../../../src/domain/services.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization, type TestOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";

const SET_NEXT = statement<[id: string, at: string]>(
  "test.setNextAt",
  "update schedules set next_at = $2::timestamptz where id = $1",
);
const FINISH_JOBS = statement<[]>(
  "test.finishJobs",
  "update jobs set status = 'COMPLETED', finished_at = now() where finished_at is null",
);

const WEEKLY: CreateScheduleInput = {
  name: "weekly",
  kind: "CLEANUP_DELIVERIES",
  payload: { daysToKeep: 30 },
  cron: "0 3 * * 1",
  timezone: "Europe/Berlin",
  enabled: true,
};

interface Scene {
  readonly db: Database;
  readonly services: Services;
  readonly organization: TestOrganization;
}

function onSchedules(name: string, test: (scene: Scene) => Promise<void>): void {
  onEveryDatabase(name, async ({ db }) => {
    const services = { db, bus: createBus() };
    await ensureBuiltInSchedules(services);
    await test({ db, services, organization: await createOrganization(db) });
    await services.bus.close();
  });
}

async function builtIn(db: Database, name: string): Promise<string> {
  const schedule = await findBuiltIn(db, name);
  assert.ok(schedule);
  return schedule.id;
}

async function faultsOf(work: Promise<unknown>): Promise<string[]> {
  const error = await work.then(() => null, (error) => error);
  assert(error instanceof InvalidInputError, String(error));
  return error.issues.map(({ path, code }) => `${path.join(".")} ${code}`);
}

onSchedules(
  "createSchedule() names every invalid field, and writes nothing",
  async ({ services, organization: { admin, member } }) => {
    const faults = await faultsOf(createSchedule(services, admin, {
      name: " ",
      kind: "CLEANUP_DELIVERIES",
      payload: { daysToKeep: -1, other: true },
      cron: "61 * * * *",
      timezone: "Mars/Olympus",
      enabled: true,
    }));
    assert.deepEqual(faults, [
      "name REQUIRED",
      "payload.daysToKeep OUT_OF_RANGE",
      "payload.other UNKNOWN_FIELD",
      "cron MALFORMED",
      "timezone MALFORMED",
    ]);
    const forPeople = { ...WEEKLY, kind: "SEND_BATCH", payload: {} } as const;
    assert.ok(
      (await faultsOf(createSchedule(services, admin, forPeople))).includes("kind NOT_STARTABLE"),
    );
    await assert.rejects(createSchedule(services, member, WEEKLY), ForbiddenError);
    const { edges } = await listSchedules(services, admin, {}, {});
    assert.deepEqual(edges.map(({ node }) => node.name), [
      "cleanup",
      "process-quotes",
      "release-stale-locks",
      "retry-failed",
      "retry-quote-emails",
      "send-due",
    ]);
  },
);

onSchedules(
  "createSchedule() answers with an equal schedule of that name, and refuses a different one",
  async ({ services, organization: { admin } }) => {
    const first = await createSchedule(services, admin, WEEKLY);
    const second = await createSchedule(services, admin, WEEKLY);
    assert.deepEqual([first.created, second.created], [true, false]);
    assert.equal(second.schedule.id, first.schedule.id);
    await assert.rejects(
      createSchedule(services, admin, { ...WEEKLY, cron: "0 4 * * 1" }),
      (error) => error instanceof ConflictError && error.code === "NAME_TAKEN",
    );
  },
);

onSchedules(
  "a schedule of an organization starts its jobs there, and only its ADMINs see and change it",
  async ({ db, services, organization: { id: org, admin, operator, member } }) => {
    const { schedule: { id } } = await createSchedule(services, admin, WEEKLY);
    await db.run(SET_NEXT, id, "2026-01-05 02:00:00Z");
    await fireDue(services);
    const { edges: [job] } = await listJobs(services, admin, {}, "CREATED_DESC", {});
    assert.deepEqual(
      [job?.node.kind, job?.node.organizationId, job?.node.payload],
      ["CLEANUP_DELIVERIES", org, { daysToKeep: 30 }],
    );
    const other = await createOrganization(db, "Other");
    for (const stranger of [other.admin, other.operator]) {
      await assert.rejects(runSchedule(services, stranger, id), NotFoundError);
      await assert.rejects(updateSchedule(services, stranger, id, {}), NotFoundError);
      await assert.rejects(deleteSchedule(services, stranger, id), NotFoundError);
    }
    await assert.rejects(updateSchedule(services, member, id, {}), ForbiddenError);
    await updateSchedule(services, operator, id, { enabled: false });
    await deleteSchedule(services, admin, id);
    await assert.rejects(runSchedule(services, admin, id), NotFoundError);
  },
);

onSchedules(
  "updateSchedule() recomputes the next tick, and fires no tick that passed while it was paused",
  async ({ db, services, organization: { admin } }) => {
    const { schedule: { id } } = await createSchedule(services, admin, WEEKLY);
    await updateSchedule(services, admin, id, { enabled: false });
    await db.run(SET_NEXT, id, "2026-01-05 02:00:00Z");
    assert.deepEqual((await fireDue(services)).fired, []);
    const enabled = await updateSchedule(services, admin, id, { enabled: true });
    assert.ok(enabled.nextAt && enabled.nextAt > new Date());
    assert.deepEqual((await fireDue(services)).fired, []);

    await db.run(SET_NEXT, id, "2026-01-05 02:00:00Z");
    const changed = await updateSchedule(services, admin, id, { payload: { daysToKeep: 60 } });
    assert.equal(changed.nextAt?.toISOString(), "2026-01-05T02:00:00.000Z");
    const faults = faultsOf(
      updateSchedule(services, admin, id, { cron: "0 25 * * *", payload: { daysToKeep: "x" } }),
    );
    assert.deepEqual(await faults, ["cron MALFORMED", "payload.daysToKeep MALFORMED"]);
  },
);

onSchedules(
  "built-in schedules are changed by the OPERATOR only, and cannot be deleted",
  async ({ db, services, organization: { admin, operator } }) => {
    const id = await builtIn(db, "cleanup");
    await assert.rejects(updateSchedule(services, admin, id, { enabled: false }), ForbiddenError);
    const { cron } = await updateSchedule(services, operator, id, { cron: "30 4 * * *" });
    assert.equal(cron, "30 4 * * *");
    for (const caller of [admin, operator]) {
      await assert.rejects(deleteSchedule(services, caller, id), ForbiddenError);
    }
  },
);

onSchedules(
  "a schedule with an interval refuses a cron expression, and counts a new interval from now",
  async ({ db, services, organization: { operator } }) => {
    const id = await builtIn(db, "send-due");
    const refused = updateSchedule(services, operator, id, { cron: "* * * * *", timezone: "UTC" });
    assert.deepEqual(await faultsOf(refused), ["cron NOT_APPLICABLE", "timezone NOT_APPLICABLE"]);
    const before = Date.now();
    const { intervalMs, cron, nextAt } = await setInterval(services, id, 3_600_000);
    assert.deepEqual([intervalMs, cron], [3_600_000, null]);
    // The clocks of this process and of the database may differ by seconds.
    assert.ok(nextAt && Math.abs(nextAt.getTime() - before - 3_600_000) < 60_000);
  },
);

onSchedules(
  "runSchedule() of a built-in schedule covers all organizations for the OPERATOR, one for an ADMIN",
  async ({ db, services, organization: { id: org, admin, operator, member } }) => {
    const id = await builtIn(db, "retry-failed");
    await assert.rejects(runSchedule(services, member, id), ForbiddenError);
    const own = await runSchedule(services, admin, id);
    const all = await runSchedule(services, operator, id);
    assert.deepEqual(
      [own.job.organizationId, all.job.organizationId],
      [org, SYSTEM_ORGANIZATION_ID],
    );
    const again = await runSchedule(services, admin, id);
    assert.deepEqual([again.job.id, again.created], [own.job.id, false]);
    await db.run(FINISH_JOBS);
    assert.equal((await runSchedule(services, admin, id)).created, true);
    assert.deepEqual(await readAttempts(services, own.job), []);

    const other = await createOrganization(db, "Other");
    const seenBy = async (caller: typeof admin) =>
      (await listFires(services, caller, id, {})).edges.map(({ node }) =>
        `${node.manual} ${node.startedBy} ${node.jobId !== null}`
      );
    assert.deepEqual(await seenBy(operator), ["true ada true", "true null true", "true ada true"]);
    assert.deepEqual(await seenBy(admin), ["true ada true", "true null false", "true ada true"]);
    assert.deepEqual(await seenBy(other.admin), ["true null false"]);
  },
);
