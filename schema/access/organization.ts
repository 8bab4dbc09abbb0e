import type { Organization } from "../../src/domain/access/access.ts";
import { createOrganization, type NewApiKey } from "../../src/domain/access/operations.ts";
import { organizationsById } from "../../src/domain/access/queries.ts";
import { ApiKeyNode } from "./api_key.ts";
import { builder } from "../kit/builder.ts";

/** A tenant. */
export const OrganizationNode = builder.loadableNodeRef("Organization", {
  id: { resolve: ({ id }: Organization) => id },
  load: (ids: string[], { services, caller }) => organizationsById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

OrganizationNode.implement({
  description: "A tenant: all that belongs to it is hidden from every other.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "As people call it." }),
  }),
});

const CreateOrganizationInput = builder.inputType("CreateOrganizationInput", {
  description: "What a new organization is made of.",
  fields: (t) => ({
    name: t.string({ required: true, description: "As people call it: 1 to 200 characters." }),
  }),
});

const CreateOrganizationPayload = builder
  .objectRef<NewApiKey & { organization: Organization }>("CreateOrganizationPayload")
  .implement({
    description: "The new organization and the way into it.",
    fields: (t) => ({
      organization: t.field({
        type: OrganizationNode,
        description: "The new organization.",
        resolve: ({ organization }) => organization,
      }),
      adminKey: t.field({
        type: ApiKeyNode,
        description: "Its first API key, an ADMIN's.",
        resolve: ({ apiKey }) => apiKey,
      }),
      secret: t.exposeString("secret", {
        description: "The secret of that key. It is shown this once and kept nowhere.",
      }),
    }),
  });

builder.mutationField("createOrganization", (t) =>
  t.field({
    type: CreateOrganizationPayload,
    nullable: true,
    errors: {},
    description: "Makes an organization with its first API key. For the OPERATOR.",
    args: {
      input: t.arg({
        type: CreateOrganizationInput,
        required: true,
        description: "What it is made of.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      createOrganization(services, caller, input),
  }));
