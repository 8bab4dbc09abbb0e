import { fromTypeId } from "../../src/domain/id.ts";
import type { Job } from "../../src/domain/jobs/job.ts";
import { createSchedule } from "../../src/domain/schedules/create.ts";
import { deleteSchedule } from "../../src/domain/schedules/delete.ts";
import { runSchedule } from "../../src/domain/schedules/run.ts";
import type { Schedule } from "../../src/domain/schedules/schedule.ts";
import { updateSchedule } from "../../src/domain/schedules/update.ts";
import { JobKind } from "../jobs/enums.ts";
import { JobNode } from "../jobs/job.ts";
import { builder } from "../kit/builder.ts";
import { ScheduleNode } from "./schedule.ts";

const CreateScheduleInput = builder.inputType("CreateScheduleInput", {
  description: "Fields of a new schedule.",
  fields: (t) => ({
    name: t.string({
      required: true,
      description: "Name, 1 to 100 characters, unique in the organization.",
    }),
    description: t.string({ description: "Purpose, for people, up to 500 characters." }),
    kind: t.field({
      type: JobKind,
      required: true,
      description: "Kind of the jobs; `jobKinds` lists the startable ones.",
    }),
    payload: t.field({
      type: "JSONObject",
      required: true,
      description: "Payload of the jobs, matching the `payloadSchema` of the kind.",
    }),
    cron: t.string({
      required: true,
      description:
        "Cron expression of five fields: minute, hour, day of month, month, day of week.",
    }),
    timezone: t.string({
      required: true,
      defaultValue: "UTC",
      description: "IANA time zone of `cron`: Europe/Berlin.",
    }),
    enabled: t.boolean({
      required: true,
      defaultValue: true,
      description: "False: paused until `updateSchedule` enables it.",
    }),
  }),
});

const UpdateScheduleInput = builder.inputType("UpdateScheduleInput", {
  description: "Changes of a schedule. Absent or null: as it is.",
  fields: (t) => ({
    cron: t.string({ description: "Cron expression of five fields." }),
    timezone: t.string({ description: "IANA time zone of `cron`: Europe/Berlin." }),
    enabled: t.boolean({
      description: "False pauses it; true continues with the next tick from now.",
    }),
    payload: t.field({
      type: "JSONObject",
      description: "Whole new payload, matching the `payloadSchema` of the kind.",
    }),
  }),
});

const RunSchedulePayload = builder
  .objectRef<{ schedule: Schedule; job: Job; created: boolean }>("RunSchedulePayload")
  .implement({
    description: "Run of a schedule.",
    fields: (t) => ({
      schedule: t.field({
        type: ScheduleNode,
        description: "Schedule with the new fire.",
        resolve: ({ schedule }) => schedule,
      }),
      job: t.field({
        type: JobNode,
        description: "New job, or the unfinished one of an earlier fire.",
        resolve: ({ job }) => job,
      }),
      created: t.exposeBoolean("created", {
        description: "False if the job of an earlier fire is unfinished.",
      }),
    }),
  });

const UpdateSchedulePayload = builder.objectRef<Schedule>("UpdateSchedulePayload").implement({
  description: "Changed schedule.",
  fields: (t) => ({
    schedule: t.field({
      type: ScheduleNode,
      description: "Schedule with its changes.",
      resolve: (schedule) => schedule,
    }),
  }),
});

const CreateSchedulePayload = builder
  .objectRef<{ schedule: Schedule; created: boolean }>("CreateSchedulePayload")
  .implement({
    description: "Schedule that was created or found.",
    fields: (t) => ({
      schedule: t.field({
        type: ScheduleNode,
        description: "New schedule, or the equal one with this name.",
        resolve: ({ schedule }) => schedule,
      }),
      created: t.exposeBoolean("created", {
        description: "False if an equal schedule had the name.",
      }),
    }),
  });

const DeleteSchedulePayload = builder
  .objectRef<{ scheduleId: string }>("DeleteSchedulePayload")
  .implement({
    description: "Result of a deletion.",
    fields: (t) => ({
      scheduleId: t.exposeID("scheduleId", { description: "Id of the deleted schedule." }),
    }),
  });

const idArg = builder.args((t) => ({
  id: t.id({ required: true, description: "Id of the schedule: sch_…" }),
}));

builder.mutationFields((t) => ({
  runSchedule: t.field({
    type: RunSchedulePayload,
    nullable: true,
    errors: {},
    description:
      "Runs a schedule now, also a paused one; its ticks do not change. A built-in schedule covers all " +
      "organizations for the OPERATOR, and its own for an ADMIN. While the job of an earlier fire is " +
      "unfinished, it returns that job. Refuses a MEMBER with ForbiddenError.",
    args: idArg,
    resolve: (_root, { id }, { services, caller }) =>
      runSchedule(services, caller, fromTypeId("schedule", id)),
  }),
  updateSchedule: t.field({
    type: UpdateSchedulePayload,
    nullable: true,
    errors: {},
    description:
      "Changes a schedule; ticks that passed while it was paused are not fired. Refuses an invalid " +
      "cron expression with InvalidInputError and the reason of the parser, and `cron` and `timezone` " +
      "of a schedule with an interval. ADMIN and OPERATOR only, built-in schedules the OPERATOR only, " +
      "else ForbiddenError.",
    args: {
      ...idArg,
      input: t.arg({ type: UpdateScheduleInput, required: true, description: "Changes." }),
    },
    resolve: (_root, { id, input }, { services, caller }) =>
      updateSchedule(services, caller, fromTypeId("schedule", id), input),
  }),
  createSchedule: t.field({
    type: CreateSchedulePayload,
    nullable: true,
    errors: {},
    description:
      "Creates a schedule of the organization for a startable kind. Returns the equal schedule with " +
      "this name if there is one; refuses the name of a different one with ConflictError NAME_TAKEN. " +
      "ADMIN and OPERATOR only, else ForbiddenError.",
    args: {
      input: t.arg({
        type: CreateScheduleInput,
        required: true,
        description: "Fields of the new schedule.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) => createSchedule(services, caller, input),
  }),
  deleteSchedule: t.field({
    type: DeleteSchedulePayload,
    nullable: true,
    errors: {},
    description:
      "Deletes a schedule with its history; a job that it has started continues. Refuses built-in " +
      "schedules with ForbiddenError; pause them instead.",
    args: idArg,
    resolve: async (_root, { id }, { services, caller }) => {
      await deleteSchedule(services, caller, fromTypeId("schedule", id));
      return { scheduleId: id };
    },
  }),
}));
