import type { Fact } from "../../src/domain/knowledge/fact.ts";
import { type FactFilter, listFacts } from "../../src/domain/knowledge/list.ts";
import { watchLists } from "../../src/domain/live/watch_list.ts";
import { builder } from "../kit/builder.ts";
import { checkFilter, checkSearch } from "../kit/filter.ts";
import { listChangeType } from "../kit/list_change.ts";
import { FactScopeKind, FactState } from "./enums.ts";
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
      "of the list. With `search`, the best match is first.",
    args: {
      search: t.arg.string({
        description: "Words of the question or the answer, as in `facts`; absent: no limit.",
      }),
      states: t.arg({
        type: [FactState],
        description: "States of the facts; absent: all but DISMISSED.",
      }),
      scopes: t.arg({
        type: [FactScopeKind],
        description: "Kinds of the scopes of the facts; absent: all.",
      }),
    },
    subscribe: (_root, { search, states, scopes }, { services, caller }) =>
      watchFacts(services, caller, {
        ...checkFilter({ states, scopes }),
        search: checkSearch(search),
      }),
    resolve: (change) => change,
  }));
