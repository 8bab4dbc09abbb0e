import { countLearnedEmails } from "../../src/domain/learning/count_emails.ts";
import { builder } from "../kit/builder.ts";
import { batchLoader } from "../kit/loader.ts";
import { KnowledgeNode } from "../knowledge/knowledge.ts";

// Both fields share one read.
const loadCounts = batchLoader(async ({ services }, organizationIds) =>
  new Map(
    await Promise.all(
      organizationIds.map(async (id) => [id, await countLearnedEmails(services, id)] as const),
    ),
  )
);

builder.objectFields(KnowledgeNode, (t) => ({
  emailsLearnedCount: t.int({
    description: "Number of mails that were learned from.",
    complexity: 5,
    resolve: async ({ organizationId }, _args, context) =>
      (await loadCounts(context, organizationId))?.learned ?? 0,
  }),
  emailsNotLearnedCount: t.int({
    description:
      "Number of mails that people of the organization have sent and that were not learned from " +
      "yet; without mails that have no text of their own.",
    complexity: 5,
    resolve: async ({ organizationId }, _args, context) =>
      (await loadCounts(context, organizationId))?.notLearned ?? 0,
  }),
}));
