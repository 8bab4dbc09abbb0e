import type { Fact } from "../../src/domain/knowledge/fact.ts";
import { type FactFilter, listFacts } from "../../src/domain/knowledge/list.ts";
import { watchLists } from "../../src/domain/live/watch_list.ts";
import { builder } from "../kit/builder.ts";
import { checkFilter } from "../kit/filter.ts";
import { listChangeType } from "../kit/list_change.ts";
import { FactState } from "./enums.ts";
import { FactNode } from "./fact.ts";

const watchFacts = watchLists({
  topic: "facts",
  idOf: ({ id }: Fact) => id,
  list: (services, caller, filter: FactFilter, page) => listFacts(services, caller, filter, page),
});

const FactChanges = listChangeType("fact", FactNode, "FactChanges");

builder.subscriptionField("factsUpdated", (t) =>
  t.field({
    type: FactChanges,
    description:
      "Emits the first page of the facts, those with the most mails as evidence first, then the changes " +
      "of the list.",
    args: {
      states: t.arg({
        type: [FactState],
        description: "States of the facts; absent: all but DISMISSED.",
      }),
    },
    subscribe: (_root, { states }, { services, caller }) =>
      watchFacts(services, caller, checkFilter({ states })),
    resolve: (change) => change,
  }));
