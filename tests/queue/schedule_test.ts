import assert from "node:assert/strict";
import { configure, reset } from "@logtape/logtape";
import { statement } from "../../src/db/database.ts";
import { ensureBuiltInSchedules } from "../../src/domain/schedules/built_in.ts";
import { createBus } from "../../src/events/bus.ts";
import { startSchedule } from "../../src/queue/schedule.ts";
import { onPostgres } from "../support/database.ts";

const MAKE_DUE = statement<[]>(
  "test.makeDue",
  "update schedules set next_at = now() where name = 'cleanup'",
);
const HIDE = statement<[]>("test.hide", "alter table schedules rename to hidden");
const SHOW = statement<[]>("test.show", "alter table hidden rename to schedules");

onPostgres("startSchedule() fires due schedules, and continues after a failure", async ({ db }) => {
  const services = { db, bus: createBus() };
  await ensureBuiltInSchedules(services);
  const failed = Promise.withResolvers<void>();
  await configure({
    sinks: { failures: ({ level }) => level === "error" && failed.resolve() },
    loggers: [
      { category: "waybill", sinks: ["failures"], lowestLevel: "error" },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  const fired = Promise.withResolvers<void>();
  services.bus.subscribe("schedules", () => fired.resolve());

  await db.run(HIDE);
  const schedule = startSchedule(services);
  try {
    await failed.promise;
    await db.run(SHOW);
    await db.run(MAKE_DUE);
    await fired.promise;
  } finally {
    await schedule.stop();
    await reset();
  }
  assert(schedule.healthy());
});
