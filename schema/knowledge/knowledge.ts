import type { Caller } from "../../src/domain/access/access.ts";
import { listFacts } from "../../src/domain/knowledge/list.ts";
import { styleOf, type WritingStyle } from "../../src/domain/knowledge/style.ts";
import { listTopics, type Topic } from "../../src/domain/knowledge/topics.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { checkFilter, checkSearch } from "../kit/filter.ts";
import { FactScopeKind, FactState } from "./enums.ts";
import { FactNode } from "./fact.ts";

/** Knowledge of an organization; other folders add fields. */
export const KnowledgeNode = builder.objectRef<Pick<Caller, "organizationId">>("Knowledge");

const WritingStyleObject = builder.objectRef<WritingStyle>("WritingStyle").implement({
  description: "Style of the mails of the organization, as it was learned from them.",
  fields: (t) => ({
    tone: t.exposeString("tone", { nullable: true, description: "Tone; null if not known." }),
    greeting: t.exposeString("greeting", {
      nullable: true,
      description: "Greeting formula; null if not known.",
    }),
    signOff: t.exposeString("signOff", {
      nullable: true,
      description: "Closing formula; null if not known.",
    }),
    language: t.exposeString("language", {
      nullable: true,
      description: "Language tag (BCP 47) of most mails; null if not known.",
    }),
  }),
});

const TopicObject = builder.objectRef<Topic>("Topic").implement({
  description: "Topic of mails.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "Name in lower case." }),
    count: t.exposeInt("emailCount", {
      description: "Number of mails about it that were learned from.",
    }),
  }),
});

builder.node(KnowledgeNode, {
  description:
    "Knowledge of an organization for its replies: facts, topics, and the style of its mails. Visible to " +
    "all roles, changed by ADMIN and OPERATOR.",
  id: { resolve: ({ organizationId }) => organizationId },
  // Callers see only that of their organization.
  loadWithoutCache: (id, { caller }) => id === caller.organizationId ? caller : null,
  fields: (t) => ({
    style: t.field({
      type: WritingStyleObject,
      nullable: true,
      description: "Style of writing; null before the first learning run.",
      resolve: ({ organizationId }, _args, { services }) => styleOf(services, organizationId),
    }),
    topics: t.connection({
      type: TopicObject,
      description: "Topics of the mails that were learned from, the most frequent ones first.",
      resolve: (knowledge, page, { services }) => listTopics(services, knowledge, page),
    }, ...connectionNames("Topic")),
    facts: t.connection({
      type: FactNode,
      description: "Facts, most evidence first; with `search`, best match first.",
      args: {
        search: t.arg.string({
          description:
            "Words that all occur in the question or the answer; the last one also matches as a " +
            "prefix. Absent: no limit.",
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
      resolve: (knowledge, { search, states, scopes, ...page }, { services }) =>
        listFacts(
          services,
          knowledge,
          { ...checkFilter({ states, scopes }), search: checkSearch(search) },
          page,
        ),
    }, ...connectionNames("Fact")),
  }),
});

builder.queryField("knowledge", (t) =>
  t.field({
    type: KnowledgeNode,
    description: "Knowledge of the organization.",
    resolve: (_root, _args, { caller }) => caller,
  }));
