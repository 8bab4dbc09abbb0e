import { fromTypeId } from "../../src/domain/id.ts";
import { promotePrompt, type Promotion } from "../../src/domain/prompts/promote.ts";
import type { PromptVersion } from "../../src/domain/prompts/prompt.ts";
import { savePrompt } from "../../src/domain/prompts/save.ts";
import { builder } from "../kit/builder.ts";
import { PromptNode } from "./prompt.ts";

const SavePromptInput = builder.inputType("SavePromptInput", {
  description: "Text of a new version of a prompt.",
  fields: (t) => ({
    name: t.string({ required: true, description: "Name of the prompt: quote." }),
    text: t.string({
      required: true,
      description:
        "Text as a Liquid template, 1 to 50,000 characters. It must print `data_notice`.",
    }),
  }),
});

const SavePromptPayload = builder.objectRef<PromptVersion>("SavePromptPayload").implement({
  description: "Version of a prompt that was saved.",
  fields: (t) => ({
    prompt: t.field({
      type: PromptNode,
      description: "Saved version; not active, unless its text is that of the active one.",
      resolve: (prompt) => prompt,
    }),
  }),
});

const PromotePromptPayload = builder.objectRef<Promotion>("PromotePromptPayload").implement({
  description: "Version of a prompt that was promoted.",
  fields: (t) => ({
    prompt: t.field({
      type: PromptNode,
      description: "Version that is active now.",
      resolve: ({ prompt }) => prompt,
    }),
    replaced: t.field({
      type: PromptNode,
      nullable: true,
      description: "Version that was active before; null if the promoted one was.",
      resolve: ({ replaced }) => replaced,
    }),
  }),
});

builder.mutationFields((t) => ({
  savePrompt: t.field({
    type: SavePromptPayload,
    nullable: true,
    errors: {},
    description:
      "Saves a text as a new version of a prompt. It is used only after `promotePrompt`. A text " +
      "equal to the latest version is not saved again. ADMIN and OPERATOR only, else " +
      "ForbiddenError. Refuses an unknown name, and a text that is empty, too long or invalid " +
      "Liquid, names an unknown variable or does not print `data_notice`, with InvalidInputError; " +
      "nothing is written then.",
    args: {
      input: t.arg({
        type: SavePromptInput,
        required: true,
        description: "Name and text.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) => savePrompt(services, caller, input),
  }),
  promotePrompt: t.field({
    type: PromotePromptPayload,
    nullable: true,
    errors: {},
    description:
      "Activates a version of a prompt for calls that start from now on. To roll back, promote an " +
      "earlier version. While the CODE version of this server is active, an upgrade of the server " +
      "activates its new text. ADMIN and OPERATOR only, else ForbiddenError. Refuses an unknown " +
      "id with NotFoundError, and a version that names a variable that the server no longer sets " +
      "with InvalidInputError.",
    args: { id: t.arg.id({ required: true, description: "Id of the version: pmt_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      promotePrompt(services, caller, fromTypeId("prompt", id)),
  }),
}));
