import type { Fact } from "../../src/domain/knowledge/fact.ts";
import { factsById, findFactsAnywhere, findSources } from "../../src/domain/knowledge/find.ts";
import { watchObjects } from "../../src/domain/live/watch_object.ts";
import { EmailNode } from "../emails/email.ts";
import { builder } from "../kit/builder.ts";
import { batchLoader } from "../kit/loader.ts";
import { followNode } from "../kit/node_updated.ts";
import { FactKind, FactOrigin, FactState } from "./enums.ts";

/** A fact that suggestions use. */
export const FactNode = builder.loadableNodeRef("Fact", {
  id: { resolve: ({ id }: Fact) => id },
  load: (ids: string[], { services, caller }) => factsById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const loadSources = batchLoader(({ services }, ids) => findSources(services, ids));

FactNode.implement({
  description:
    "Fact: a question with its answer, or a writing preference, for suggested replies. Visible to " +
    "all roles.",
  fields: (t) => ({
    state: t.expose("state", { type: FactState, description: "State of the fact." }),
    kind: t.expose("kind", { type: FactKind, description: "Kind of the fact." }),
    scope: t.exposeString("scope", {
      description:
        "Mails that it is used for: all, topic:<name>, sender:<address> or domain:<domain>, in lower case.",
    }),
    question: t.exposeString("question", {
      description: "Question that it answers; may be empty for a PREFERENCE.",
    }),
    answer: t.exposeString("answer", { description: "Answer, or the preference." }),
    origin: t.expose("origin", { type: FactOrigin, description: "Origin of the fact." }),
    evidenceCount: t.exposeInt("evidenceCount", {
      description: "Number of mails that it was learned from.",
    }),
    sources: t.field({
      type: [EmailNode],
      description: "Newest mails that it was learned from, at most 20.",
      complexity: { field: 1, multiplier: 20 },
      resolve: async ({ id }, _args, context) => await loadSources(context, id) ?? [],
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    decidedAt: t.expose("decidedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time it was approved, corrected, dismissed or added; null if PROPOSED.",
    }),
    decidedBy: t.exposeString("decidedBy", {
      nullable: true,
      description: "User who did this; null if PROPOSED, or if the caller had no user.",
    }),
  }),
});

followNode(
  FactNode,
  watchObjects<Fact>({
    noun: "fact",
    topic: "facts",
    load: findFactsAnywhere,
    idOf: ({ id }) => id,
    visible: ({ organizationId }, fact) => fact.organizationId === organizationId,
    finished: () => false,
  }),
);
