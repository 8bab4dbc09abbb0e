import { listSchedules } from "../../src/domain/schedules/find.ts";
import { previewTicks, type TickPreview } from "../../src/domain/schedules/preview.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { lookupId } from "../kit/global_id.ts";
import { ScheduleNode } from "./schedule.ts";

const SchedulePreview = builder.objectRef<TickPreview>("SchedulePreview").implement({
  description: "Meaning of a cron expression.",
  fields: (t) => ({
    words: t.exposeString("words", { description: "Expression in English: Every 15 minutes." }),
    nextTicks: t.field({
      type: ["DateTime"],
      description: "Next ten ticks.",
      resolve: ({ nextTicks }) => [...nextTicks],
    }),
  }),
});

builder.queryFields((t) => ({
  schedule: t.field({
    type: ScheduleNode,
    nullable: true,
    description: "Schedule with this id; null if it does not exist or the caller may not see it.",
    args: { id: t.arg.id({ required: true, description: "Id of the schedule: sch_…" }) },
    resolve: (_root, { id }) => lookupId("schedule", id),
  }),
  schedules: t.connection({
    type: ScheduleNode,
    description:
      "Schedules of the organization and the built-in ones, by name. ADMIN and OPERATOR only; a MEMBER " +
      "gets the error FORBIDDEN.",
    resolve: (_root, page, { services, caller }) => listSchedules(services, caller, {}, page),
  }, ...connectionNames("Schedule")),
  schedulePreview: t.field({
    type: SchedulePreview,
    nullable: true,
    errors: {
      union: { description: "Meaning of the cron expression, or the error that it has." },
    },
    description:
      "Explains a cron expression without any change. Refuses an invalid one, one that never comes " +
      "due and an unknown time zone with InvalidInputError.",
    args: {
      cron: t.arg.string({ required: true, description: "Cron expression of five fields." }),
      timezone: t.arg.string({
        required: true,
        defaultValue: "UTC",
        description: "IANA time zone: Europe/Berlin.",
      }),
    },
    resolve: (_root, { cron, timezone }, { services }) => previewTicks(services, cron, timezone),
  }),
}));
