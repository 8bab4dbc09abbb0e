import { activePrompts } from "../../src/domain/prompts/active.ts";
import { builder } from "../kit/builder.ts";
import { lookupId } from "../kit/global_id.ts";
import { PromptNode } from "./prompt.ts";

builder.queryFields((t) => ({
  prompt: t.field({
    type: PromptNode,
    nullable: true,
    description:
      "Version of a prompt with this id; null if it does not exist or the caller may not see it.",
    args: { id: t.arg.id({ required: true, description: "Id of the version: pmt_…" }) },
    resolve: (_root, { id }) => lookupId("prompt", id),
  }),
  prompts: t.field({
    type: [PromptNode],
    description: "Active version of each prompt, by name; visible to all roles.",
    complexity: { field: 5, multiplier: 5 },
    resolve: (_root, _args, { services, caller }) => activePrompts(services, caller.organizationId),
  }),
}));
