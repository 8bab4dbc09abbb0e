import type { ApiKey } from "../../src/domain/access/access.ts";
import {
  createApiKey,
  findApiKeys,
  listApiKeys,
  type NewApiKey,
  revokeApiKey,
} from "../../src/domain/access/api_keys.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";

/** Access level of a caller. */
export const Role = builder.enumType("Role", {
  description: "Access level of a caller.",
  values: {
    OPERATOR: {
      description:
        "Access to everything in its organization and to the installation: organizations, " +
        "workers, providers.",
    },
    ADMIN: { description: "Access to everything in its organization." },
    MEMBER: { description: "Access to the jobs, messages and audiences of its own user." },
  },
});

/** An API key without its secret. */
export const ApiKeyNode = builder.loadableNodeRef("ApiKey", {
  id: { resolve: ({ id }: ApiKey) => id },
  load: (ids: string[], { services, caller }) => findApiKeys(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

ApiKeyNode.implement({
  description:
    "API key of a program, sent as `Authorization: Bearer <secret>`. The secret itself is not " +
    "stored.",
  fields: (t) => ({
    name: t.exposeString("name", { description: "Display name." }),
    role: t.expose("role", { type: Role, description: "Access level of the key." }),
    userId: t.exposeString("userId", {
      nullable: true,
      description:
        "User that the key acts for; null if none. A MEMBER key created without `userId` has its " +
        "own id here.",
    }),
    prefix: t.exposeString("prefix", {
      description: "First characters of the secret, to recognize the key.",
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    lastUsedAt: t.expose("lastUsedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time of the last use, to the minute; null if never used.",
    }),
    expiresAt: t.expose("expiresAt", {
      type: "DateTime",
      nullable: true,
      description: "Time the key expires; null if never.",
    }),
    revokedAt: t.expose("revokedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time the key was revoked; null if it was not.",
    }),
  }),
});

builder.queryField("apiKeys", (t) =>
  t.connection({
    type: ApiKeyNode,
    description:
      "API keys of the caller's organization, newest first. ADMIN and OPERATOR only; a MEMBER " +
      "gets the error FORBIDDEN.",
    resolve: (_root, args, { services, caller }) => listApiKeys(services, caller, args),
  }, ...connectionNames("ApiKey")));

const CreateApiKeyInput = builder.inputType("CreateApiKeyInput", {
  description: "Fields of a new API key.",
  fields: (t) => ({
    name: t.string({ required: true, description: "Display name, 1 to 200 characters." }),
    role: t.field({
      type: Role,
      required: true,
      description: "Access level of the key; at most that of the caller.",
    }),
    userId: t.string({
      description:
        "User that the key acts for, 1 to 200 characters. A MEMBER key sees only what this user " +
        "started; without a user it acts for itself.",
    }),
    expiresAt: t.field({
      type: "DateTime",
      description: "Time the key expires, in the future; null or absent: never.",
    }),
  }),
});

const CreateApiKeyPayload = builder.objectRef<NewApiKey>("CreateApiKeyPayload").implement({
  description: "New API key and its secret.",
  fields: (t) => ({
    apiKey: t.field({
      type: ApiKeyNode,
      description: "New key.",
      resolve: ({ apiKey }) => apiKey,
    }),
    secret: t.exposeString("secret", {
      description:
        "Secret of the key, for `Authorization: Bearer <secret>`. Returned only here; only its " +
        "hash is stored.",
    }),
  }),
});

builder.mutationField("createApiKey", (t) =>
  t.field({
    type: CreateApiKeyPayload,
    nullable: true,
    errors: {},
    description:
      "Creates an API key in the caller's organization. ADMIN and OPERATOR only, and no role " +
      "above the caller's, else ForbiddenError. Refuses invalid fields with InvalidInputError.",
    args: {
      input: t.arg({
        type: CreateApiKeyInput,
        required: true,
        description: "Fields of the new key.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) => createApiKey(services, caller, input),
  }));

const RevokeApiKeyPayload = builder.objectRef<ApiKey>("RevokeApiKeyPayload").implement({
  description: "Revoked API key.",
  fields: (t) => ({
    apiKey: t.field({
      type: ApiKeyNode,
      description: "Key, with `revokedAt` set.",
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
      "Revokes an API key, which cannot be undone, and ends the subscriptions that use it. Every process refuses " +
      "it within milliseconds, and within a second at the latest. Repeating the call changes " +
      "nothing. ADMIN and OPERATOR only, an OPERATOR key by an OPERATOR only, else " +
      "ForbiddenError.",
    args: { id: t.arg.id({ required: true, description: "Id of the key: key_…" }) },
    resolve: (_root, { id }, { services, caller }) =>
      revokeApiKey(services, caller, fromTypeId("apiKey", id)),
  }));
