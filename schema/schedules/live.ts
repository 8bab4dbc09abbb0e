import type { IdFilter } from "../../src/domain/live/list_reader.ts";
import { watchLists } from "../../src/domain/live/watch_list.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import { findSchedules, listSchedules } from "../../src/domain/schedules/find.ts";
import { maySee, type Schedule } from "../../src/domain/schedules/schedule.ts";
import { builder } from "../kit/builder.ts";
import { listChangeType } from "../kit/list_change.ts";
import { followNode } from "../kit/node_updated.ts";
import { ScheduleNode } from "./schedule.ts";

// Fires and their outcomes advance `updatedAt`, so that events need not compare them.
followNode(
  ScheduleNode,
  watchObjects<Schedule>({
    noun: "schedule",
    topic: "schedules",
    load: ({ db }, ids) => findSchedules(db, ids),
    idOf: ({ id }) => id,
    visible: maySee,
    finished: () => false,
  }),
);

const watchSchedules = watchLists({
  topic: "schedules",
  idOf: ({ id }: Schedule) => id,
  list: (services, caller, filter: IdFilter, page) => listSchedules(services, caller, filter, page),
});

const ScheduleChanges = listChangeType("schedule", ScheduleNode, "ScheduleChanges");

builder.subscriptionField("schedulesUpdated", (t) =>
  t.field({
    type: ScheduleChanges,
    description:
      "Emits the first page of the schedules, by name, then the changes of the list: edits, fires and " +
      "their outcomes. ADMIN and OPERATOR only; a MEMBER gets the error FORBIDDEN.",
    subscribe: (_root, _args, { services, caller }) => watchSchedules(services, caller, {}),
    resolve: (change) => change,
  }));
