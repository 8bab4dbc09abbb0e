import { findRuns, type LearningRunFilter, listRuns } from "../../src/domain/learning/find.ts";
import { type LearningRun, mayAccess } from "../../src/domain/learning/learning_run.ts";
import { watchLists } from "../../src/domain/live/watch_list.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { listChangeType } from "../kit/list_change.ts";
import { followNode } from "../kit/node_updated.ts";
import { LearningRunNode } from "./run.ts";

followNode(
  LearningRunNode,
  watchObjects<LearningRun>({
    noun: "learningRun",
    topic: "learningRuns",
    load: ({ db }, ids) => findRuns(db, ids),
    idOf: ({ id }) => id,
    visible: mayAccess,
    finished: ({ finishedAt }) => finishedAt !== null,
  }),
);

const watchRuns = watchLists({
  topic: "learningRuns",
  idOf: ({ id }: LearningRun) => id,
  list: (services, caller, filter: LearningRunFilter, page) =>
    listRuns(services, caller, filter, page),
});

const LearningRunChanges = listChangeType("learningRun", LearningRunNode, "LearningRunChanges");

builder.queryField("learningRuns", (t) =>
  t.connection({
    type: LearningRunNode,
    description: "Learning runs, newest first. A MEMBER sees only those that it started.",
    resolve: (_root, page, { services, caller }) => listRuns(services, caller, {}, page),
  }, ...connectionNames("LearningRun")));

builder.subscriptionField("learningRunsUpdated", (t) =>
  t.field({
    type: LearningRunChanges,
    description:
      "Emits the first page of the learning runs, newest first, then the changes of the list. A MEMBER " +
      "sees only those that it started.",
    subscribe: (_root, _args, { services, caller }) => watchRuns(services, caller, {}),
    resolve: (change) => change,
  }));
