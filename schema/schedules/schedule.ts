import { isJobKind } from "../../src/domain/jobs/kinds.ts";
import { findSchedules } from "../../src/domain/schedules/find.ts";
import { listFires, readRecentFires } from "../../src/domain/schedules/fires.ts";
import {
  isBuiltIn,
  mayChange,
  maySee,
  type Schedule,
} from "../../src/domain/schedules/schedule.ts";
import { inWords, upcomingTicks } from "../../src/domain/schedules/ticks.ts";
import { JobKind } from "../jobs/enums.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { batchLoader } from "../kit/loader.ts";
import { ScheduleFireObject } from "./fire.ts";

const RECENT_FIRES = 20;
const UPCOMING_TICKS = 10;

/** A schedule. */
export const ScheduleNode = builder.loadableNodeRef("Schedule", {
  id: { resolve: ({ id }: Schedule) => id },
  load: async (ids: string[], { services, caller }): Promise<Schedule[]> => {
    const schedules = await findSchedules(services.db, ids);
    return schedules.filter((schedule) => maySee(caller, schedule));
  },
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const lastFires = batchLoader(({ services, caller }, ids) =>
  readRecentFires(services, caller, ids, 1)
);
const recentFires = batchLoader(({ services, caller }, ids) =>
  readRecentFires(services, caller, ids, RECENT_FIRES)
);

ScheduleNode.implement({
  description:
    "Schedule: starts a job of one kind at each tick, once among any number of processes. Ticks that " +
    "were missed while no process ran are fired as one. While the job of an earlier fire is unfinished, " +
    "a tick is SKIPPED. Visible to ADMIN and OPERATOR.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "Name, unique in its organization." }),
    description: t.exposeString("description", {
      nullable: true,
      description: "Purpose, for people; null: none.",
    }),
    kind: t.field({
      type: JobKind,
      nullable: true,
      description: "Kind of the jobs that it starts; null if this version does not have it.",
      resolve: ({ kind }) => isJobKind(kind) ? kind : null,
    }),
    payload: t.expose("payload", {
      type: "JSONObject",
      description: "Payload of the jobs, in the format of `kind`.",
    }),
    cron: t.exposeString("cron", {
      nullable: true,
      description:
        "Cron expression of five fields: minute, hour, day of month, month, day of week. Null for a " +
        "schedule with an interval.",
    }),
    intervalMs: t.exposeInt("intervalMs", {
      nullable: true,
      description: "Milliseconds from one tick to the next; null for a schedule with `cron`.",
    }),
    words: t.string({
      description: "`cron` or `intervalMs` in English, without the time zone: Every 15 minutes.",
      resolve: inWords,
    }),
    timezone: t.exposeString("timezone", {
      description:
        "IANA time zone of `cron`. If clocks are put forward over a fixed time, it ticks at the end " +
        "of the gap; if they are put back over it, it ticks once.",
    }),
    enabled: t.exposeBoolean("enabled", { description: "False while it is paused." }),
    builtIn: t.boolean({
      description: "True for a schedule of the system, which covers all organizations.",
      resolve: isBuiltIn,
    }),
    canChange: t.boolean({
      description:
        "True if `updateSchedule` accepts the caller: the OPERATOR, or an ADMIN unless `builtIn`.",
      resolve: (schedule, _args, { caller }) => mayChange(caller, schedule),
    }),
    createdBy: t.exposeString("createdBy", {
      nullable: true,
      description: "User who created it; null: the system, or a caller that names no user.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    nextAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "Next tick; null while paused.",
      resolve: ({ enabled, nextAt }) => enabled ? nextAt : null,
    }),
    nextTicks: t.field({
      type: ["DateTime"],
      description: `Next ${UPCOMING_TICKS} ticks; empty while paused.`,
      complexity: 2,
      resolve: (schedule) => upcomingTicks(schedule, UPCOMING_TICKS),
    }),
    lastFire: t.field({
      type: ScheduleFireObject,
      nullable: true,
      description: "Latest fire; null if it has never fired.",
      resolve: async ({ id }, _args, context) => (await lastFires(context, id))?.[0],
    }),
    recentFires: t.field({
      type: [ScheduleFireObject],
      description: `Last ${RECENT_FIRES} fires, latest first.`,
      complexity: { field: 1, multiplier: RECENT_FIRES },
      resolve: async ({ id }, _args, context) => await recentFires(context, id) ?? [],
    }),
    fires: t.connection({
      type: ScheduleFireObject,
      description:
        "Fires, latest first. An ADMIN sees those of its organization and of the system.",
      resolve: ({ id }, args, { services, caller }) => listFires(services, caller, id, args),
    }, ...connectionNames("ScheduleFire")),
  }),
});
