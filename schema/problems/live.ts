import { watchLists } from "../../src/domain/live/watch_list.ts";
import { listProblems } from "../../src/domain/problems/list.ts";
import type { Problem } from "../../src/domain/problems/problem.ts";
import { builder } from "../kit/builder.ts";
import { listChangeType } from "../kit/list_change.ts";
import { ProblemNode } from "./problem.ts";
import { ProblemFilter, problemFilter } from "./queries.ts";

const watchProblems = watchLists({
  topic: "problems",
  idOf: ({ id }: Problem) => id,
  list: (services, caller, filter: ReturnType<typeof problemFilter>, page) =>
    listProblems(services, caller, filter, page),
});

const ProblemChanges = listChangeType("problem", ProblemNode, "ProblemChanges");

builder.subscriptionField("problemsUpdated", (t) =>
  t.field({
    type: ProblemChanges,
    description:
      "Emits the first page of the matching problems, latest failure first, then the changes of the " +
      "list. ADMIN and OPERATOR only; a MEMBER gets the error FORBIDDEN.",
    args: {
      filter: t.arg({ type: ProblemFilter, description: "Filter of the problems; absent: all." }),
    },
    subscribe: (_root, { filter }, { services, caller }) =>
      watchProblems(services, caller, problemFilter(filter)),
    resolve: (change) => change,
  }));
