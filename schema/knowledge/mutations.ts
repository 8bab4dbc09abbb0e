import { fromTypeId, fromTypeIds, toTypeId } from "../../src/domain/id.ts";
import { decideFacts } from "../../src/domain/knowledge/decide.ts";
import { deleteFacts } from "../../src/domain/knowledge/delete.ts";
import type { Fact, FactState } from "../../src/domain/knowledge/fact.ts";
import { upsertFact } from "../../src/domain/knowledge/upsert.ts";
import { builder, type Context } from "../kit/builder.ts";
import { FactKind } from "./enums.ts";
import { FactNode } from "./fact.ts";
import { KnowledgeNode } from "./knowledge.ts";

const UpsertFactInput = builder.inputType("UpsertFactInput", {
  description: "Fact to add or to change.",
  fields: (t) => ({
    id: t.id({ description: "Id of the fact to change: fct_…; absent: a new fact is added." }),
    question: t.string({
      required: true,
      description: "Question, 1 to 1,000 characters; may be empty for a PREFERENCE.",
    }),
    answer: t.string({ required: true, description: "Answer, 1 to 5,000 characters." }),
    scope: t.string({
      required: true,
      defaultValue: "all",
      description:
        "Mails that it is used for: all, topic:<name>, sender:<address> or domain:<domain>.",
    }),
    kind: t.field({ type: FactKind, description: "Kind; absent: FACT, or unchanged." }),
  }),
});

const UpsertFactPayload = builder
  .objectRef<{ readonly fact: Fact; readonly created: boolean }>("UpsertFactPayload")
  .implement({
    description: "Fact that was added or changed.",
    fields: (t) => ({
      fact: t.field({
        type: FactNode,
        description: "The fact, APPROVED.",
        resolve: ({ fact }) => fact,
      }),
      created: t.exposeBoolean("created", { description: "False if it was stored before." }),
      knowledge: t.field({
        type: KnowledgeNode,
        description: "Knowledge of the organization.",
        resolve: ({ fact: { organizationId } }) => ({ organizationId }),
      }),
    }),
  });

const decidedPayload = (name: string, state: FactState) =>
  builder.objectRef<{ readonly facts: readonly Fact[] }>(name).implement({
    description: `Facts that are ${state}.`,
    fields: (t) => ({
      facts: t.field({
        type: [FactNode],
        description: "The facts in the order of the ids, each once.",
        resolve: ({ facts }) => [...facts],
      }),
    }),
  });

const ApproveFactsPayload = decidedPayload("ApproveFactsPayload", "APPROVED");
const DismissFactsPayload = decidedPayload("DismissFactsPayload", "DISMISSED");
const ReopenFactsPayload = decidedPayload("ReopenFactsPayload", "PROPOSED");

const DeleteFactsPayload = builder
  .objectRef<{ readonly deletedIds: readonly string[] }>("DeleteFactsPayload")
  .implement({
    description: "Result of a deletion.",
    fields: (t) => ({
      deletedIds: t.idList({
        description: "Ids of the deleted facts, each once.",
        resolve: ({ deletedIds }) => [...deletedIds],
      }),
    }),
  });

const REFUSALS =
  "ADMIN and OPERATOR only, else ForbiddenError. Refuses unknown ids with NotFoundError, and more than " +
  "1,000 with InvalidInputError; nothing is changed then.";

async function decide(
  { services, caller }: Context,
  ids: readonly string[],
  state: FactState,
): Promise<{ facts: Fact[] }> {
  return { facts: await decideFacts(services, caller, fromTypeIds("fact", ids, ["ids"]), state) };
}

builder.mutationFields((t) => {
  const ids = t.arg.idList({ required: true, description: "Ids of facts, at most 1,000: fct_…" });
  return {
    approveFacts: t.field({
      type: ApproveFactsPayload,
      nullable: true,
      errors: {},
      description: `Approves facts, including dismissed ones. ${REFUSALS}`,
      args: { ids },
      resolve: (_root, { ids }, context) => decide(context, ids, "APPROVED"),
    }),
    dismissFacts: t.field({
      type: DismissFactsPayload,
      nullable: true,
      errors: {},
      description:
        `Dismisses facts: no suggestion uses them, and they are not proposed again. ${REFUSALS}`,
      args: { ids },
      resolve: (_root, { ids }, context) => decide(context, ids, "DISMISSED"),
    }),
    reopenFacts: t.field({
      type: ReopenFactsPayload,
      nullable: true,
      errors: {},
      description:
        `Withdraws the approval or dismissal of facts, which are PROPOSED again. ${REFUSALS}`,
      args: { ids },
      resolve: (_root, { ids }, context) => decide(context, ids, "PROPOSED"),
    }),
    deleteFacts: t.field({
      type: DeleteFactsPayload,
      nullable: true,
      errors: {},
      description: `Deletes facts, which may be learned again. ${REFUSALS}`,
      args: { ids },
      resolve: async (_root, args, { services, caller }) => {
        const deleted = await deleteFacts(
          services,
          caller,
          fromTypeIds("fact", args.ids, ["ids"]),
        );
        return { deletedIds: deleted.map((id) => toTypeId("fact", id)) };
      },
    }),
    upsertFact: t.field({
      type: UpsertFactPayload,
      nullable: true,
      errors: {},
      description:
        "Adds an APPROVED fact, or changes a fact, which approves it and keeps its evidence. " +
        "Adding a fact that is already stored with this scope approves it. ADMIN and OPERATOR only, " +
        "else ForbiddenError. Refuses invalid fields with InvalidInputError, an unknown id with " +
        "NotFoundError, and the question, answer and scope of another fact with ConflictError " +
        "NAME_TAKEN.",
      args: { input: t.arg({ type: UpsertFactInput, required: true, description: "The fact." }) },
      resolve: (_root, { input: { id, ...fields } }, { services, caller }) =>
        upsertFact(services, caller, {
          ...fields,
          id: id == null ? null : fromTypeId("fact", id, ["input", "id"]),
        }),
    }),
  };
});
