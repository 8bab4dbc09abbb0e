import { variablesOf } from "../../src/domain/prompts/code_prompts.ts";
import { listVersions, promptsById } from "../../src/domain/prompts/find.ts";
import type { PromptVersion } from "../../src/domain/prompts/prompt.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";

/** A version of a prompt. */
export const PromptNode = builder.loadableNodeRef("Prompt", {
  id: { resolve: ({ id }: PromptVersion) => id },
  load: (ids: string[], { services, caller }) => promptsById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

const PromptSource = builder.enumType("PromptSource", {
  description: "Origin of a version of a prompt.",
  values: {
    CODE: { description: "Text that is part of a version of the server." },
    OVERRIDE: { description: "Text that an ADMIN has saved." },
  },
});

PromptNode.implement({
  description:
    "Version of a prompt: instructions for the language model. Its text never changes. Each result of the model " +
    "names the version that made it.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "Name of the prompt: quote." }),
    version: t.exposeInt("version", {
      description: "Number among the versions of the prompt in the organization, from 1.",
    }),
    source: t.expose("source", {
      type: PromptSource,
      description: "Origin: CODE for a text of the server, OVERRIDE for one that an ADMIN saved.",
    }),
    text: t.exposeString("text", { description: "Text as a Liquid template." }),
    variables: t.stringList({
      description:
        "Variables that a text of this prompt may name. `data_notice` is required: it tells the " +
        "model not to follow instructions from customers.",
      resolve: ({ name }) => variablesOf(name),
    }),
    active: t.exposeBoolean("active", {
      description:
        "True for the version that calls use; exactly one version of a prompt is active.",
    }),
    createdAt: t.expose("createdAt", {
      type: "DateTime",
      description: "Time it was saved; for CODE, the time of its first use in the organization.",
    }),
    createdBy: t.exposeString("createdBy", {
      nullable: true,
      description: "User who saved it; null for CODE, or if the caller's key names no user.",
    }),
    versions: t.connection({
      type: PromptNode,
      description: "All versions of the prompt, latest first.",
      resolve: (prompt, args, { services }) => listVersions(services, prompt, args),
    }, ...connectionNames("Prompt")),
  }),
});
