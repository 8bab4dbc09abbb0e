import type { InboundRoute } from "../../src/domain/inbound_routes/route.ts";
import {
  deleteInboundSecret,
  type SavedInboundSecret,
  saveInboundSecret,
} from "../../src/domain/inbound_routes/save.ts";
import { builder } from "../kit/builder.ts";
import { InboundRouteKind, InboundRouteObject } from "./route.ts";

const SaveInboundSecretInput = builder.inputType("SaveInboundSecretInput", {
  description: "Secret of an inbound webhook.",
  fields: (t) => ({
    kind: t.field({ type: InboundRouteKind, required: true, description: "Webhook to change." }),
    secret: t.string({
      description:
        "16 to 200 visible ASCII characters. EMAIL: absent or null to generate one. MAILGUN: the HTTP " +
        "webhook signing key of the account. SHOPIFY: the key that signs the webhooks of the shop or app.",
    }),
  }),
});

const SaveInboundSecretPayload = builder.objectRef<SavedInboundSecret>("SaveInboundSecretPayload")
  .implement({
    description: "Inbound webhook with its new secret.",
    fields: (t) => ({
      route: t.field({
        type: InboundRouteObject,
        description: "Webhook after the change.",
        resolve: ({ route }) => route,
      }),
      secret: t.exposeString("generated", {
        nullable: true,
        description: "Generated secret, returned only here; null if the caller chose it.",
      }),
    }),
  });

const DeleteInboundSecretPayload = builder.objectRef<InboundRoute>("DeleteInboundSecretPayload")
  .implement({
    description: "Inbound webhook without a secret.",
    fields: (t) => ({
      route: t.field({
        type: InboundRouteObject,
        description: "Webhook after the change.",
        resolve: (route) => route,
      }),
    }),
  });

const ADMINS = "ADMIN and OPERATOR only, else ForbiddenError.";

builder.mutationFields((t) => ({
  saveInboundSecret: t.field({
    type: SaveInboundSecretPayload,
    nullable: true,
    errors: {},
    description:
      "Creates or replaces the secret of an inbound webhook. A replaced secret is accepted for " +
      "another 24 hours; to end it at once, call `deleteInboundSecret` first. " +
      `${ADMINS} Refuses a malformed secret, and a missing one for MAILGUN and SHOPIFY, with ` +
      "InvalidInputError.",
    args: {
      input: t.arg({
        type: SaveInboundSecretInput,
        required: true,
        description: "Webhook and secret.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) => saveInboundSecret(services, caller, input),
  }),
  deleteInboundSecret: t.field({
    type: DeleteInboundSecretPayload,
    nullable: true,
    errors: {},
    description:
      "Deletes the secret of an inbound webhook and the one that it replaced; the webhook answers " +
      "404 from then on." +
      ADMINS,
    args: {
      kind: t.arg({ type: InboundRouteKind, required: true, description: "Kind of the webhook." }),
    },
    resolve: (_root, { kind }, { services, caller }) => deleteInboundSecret(services, caller, kind),
  }),
}));
