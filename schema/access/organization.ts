import type { Organization } from "../../src/domain/access/access.ts";
import type { NewApiKey } from "../../src/domain/access/api_keys.ts";
import { createOrganization, findOrganizations } from "../../src/domain/access/organizations.ts";
import { ApiKeyNode } from "./api_key.ts";
import { builder } from "../kit/builder.ts";

/** An organization, the tenant of the installation. */
export const OrganizationNode = builder.loadableNodeRef("Organization", {
  id: { resolve: ({ id }: Organization) => id },
  load: (ids: string[], { services, caller }) => findOrganizations(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

OrganizationNode.implement({
  description: "Tenant: its objects are invisible to every other organization.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "Display name." }),
  }),
});

const CreateOrganizationInput = builder.inputType("CreateOrganizationInput", {
  description: "Fields of a new organization.",
  fields: (t) => ({
    name: t.string({ required: true, description: "Display name, 1 to 200 characters." }),
  }),
});

const CreateOrganizationPayload = builder
  .objectRef<NewApiKey & { organization: Organization }>("CreateOrganizationPayload")
  .implement({
    description: "New organization and its first API key.",
    fields: (t) => ({
      organization: t.field({
        type: OrganizationNode,
        description: "New organization.",
        resolve: ({ organization }) => organization,
      }),
      adminKey: t.field({
        type: ApiKeyNode,
        description: "First API key of the organization, with the role ADMIN.",
        resolve: ({ apiKey }) => apiKey,
      }),
      secret: t.exposeString("secret", {
        description: "Secret of `adminKey`. Returned only here; only its hash is stored.",
      }),
    }),
  });

builder.mutationField("createOrganization", (t) =>
  t.field({
    type: CreateOrganizationPayload,
    nullable: true,
    errors: {},
    description:
      "Creates an organization and its first API key. OPERATOR only, else ForbiddenError. " +
      "Refuses an invalid name with InvalidInputError.",
    args: {
      input: t.arg({
        type: CreateOrganizationInput,
        required: true,
        description: "Fields of the new organization.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      createOrganization(services, caller, input),
  }));
