import type { ApiKey } from "../../src/domain/access/access.ts";
import { createApiKey, type NewApiKey, revokeApiKey } from "../../src/domain/access/operations.ts";
import { apiKeysById, listApiKeys } from "../../src/domain/access/queries.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";

/** What a caller may do. */
export const Role = builder.enumType("Role", {
  description: "What a caller may see and do.",
  values: {
    OPERATOR: {
      description: "All of its organization, and the installation: organizations, workers.",
    },
    ADMIN: { description: "All of its organization." },
    MEMBER: { description: "What its own user has started." },
  },
});

/** A key of the API, without its secret. */
export const ApiKeyNode = builder.loadableNodeRef("ApiKey", {
  id: { resolve: ({ id }: ApiKey) => id },
  load: (ids: string[], { services, caller }) => apiKeysById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

ApiKeyNode.implement({
  description: "What a program shows to be let in: `Authorization: Bearer <secret>`.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "As people call it." }),
    role: t.expose("role", { type: Role, description: "What it may do." }),
    userId: t.exposeString("userId", {
      nullable: true,
      description: "The user that it acts for. A MEMBER's key made without one acts for itself: " +
        "this is its own id.",
    }),
    prefix: t.exposeString("prefix", {
      description: "The first characters of the secret, to tell keys apart.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was made." }),
    lastUsedAt: t.expose("lastUsedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was last shown, to the minute; null: never.",
    }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      nullable: true,
      description: "When it ends by itself; null: never.",
    }),
    revokedAt: t.expose("revokedAt", {
      type: "DateTime",
      nullable: true,
      description: "When it was ended by somebody; null: it was not.",
    }),
  }),
});

builder.queryField("apiKeys", (t) =>
  t.connection({
    type: ApiKeyNode,
    description: "The API keys of your organization, newest first. For ADMIN and OPERATOR.",
    resolve: (_root, args, { services, caller }) => listApiKeys(services, caller, args),
  }, ...connectionNames("ApiKey")));

const CreateApiKeyInput = builder.inputType("CreateApiKeyInput", {
  description: "What a new API key is made of.",
  fields: (t) => ({
    name: t.string({ required: true, description: "As people call it: 1 to 200 characters." }),
    role: t.field({
      type: Role,
      required: true,
      description: "What it may do; not more than you may.",
    }),
    userId: t.string({
      description: "The user that it acts for: the one that a MEMBER's key sees the jobs of.",
    }),
    expiresAt: t.field({ type: "DateTime", description: "When it ends by itself; null: never." }),
  }),
});

const CreateApiKeyPayload = builder.objectRef<NewApiKey>("CreateApiKeyPayload").implement({
  description: "The new API key.",
  fields: (t) => ({
    apiKey: t.field({
      type: ApiKeyNode,
      description: "The new key.",
      resolve: ({ apiKey }) => apiKey,
    }),
    secret: t.exposeString("secret", {
      description: "What the program must show. It is shown this once and kept nowhere.",
    }),
  }),
});

builder.mutationField("createApiKey", (t) =>
  t.field({
    type: CreateApiKeyPayload,
    nullable: true,
    errors: {},
    description: "Makes an API key of your organization. For ADMIN and OPERATOR.",
    args: {
      input: t.arg({ type: CreateApiKeyInput, required: true, description: "What it is made of." }),
    },
    resolve: (_root, { input }, { services, caller }) => createApiKey(services, caller, input),
  }));

const RevokeApiKeyPayload = builder.objectRef<ApiKey>("RevokeApiKeyPayload").implement({
  description: "The key that was revoked.",
  fields: (t) => ({
    apiKey: t.field({
      type: ApiKeyNode,
      description: "The key, with `revokedAt`.",
      resolve: (apiKey) => apiKey,
    }),
  }),
});

builder.mutationField("revokeApiKey", (t) =>
  t.field({
    type: RevokeApiKeyPayload,
    nullable: true,
    errors: {},
    description:
      "Ends an API key for good, and every subscription that it holds open. Revoking it " +
      "again changes nothing. For ADMIN and OPERATOR.",
    args: { id: t.arg.id({ required: true, description: "The key: key_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      revokeApiKey(services, caller, fromTypeId("apiKey", id)),
  }));
