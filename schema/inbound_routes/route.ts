import { listInboundRoutes } from "../../src/domain/inbound_routes/find.ts";
import { type InboundRoute, pathOf } from "../../src/domain/inbound_routes/route.ts";
import { builder } from "../kit/builder.ts";

export const InboundRouteKind = builder.enumType("InboundRouteKind", {
  description: "Kind of an inbound webhook: its sender, and so its format and signature.",
  values: {
    EMAIL: {
      description:
        "Inbound mail as JSON, from your own programs. Header `X-Waybill-Signature: t=<unix>,v1=<hex " +
        'HMAC-SHA256 of "t.body">`, at most 5 minutes old.',
    },
    MAILGUN: {
      description: "Inbound mail of a route of Mailgun, with the signature of its form fields.",
    },
    SHOPIFY: {
      description: "Order webhooks of Shopify, with the header `X-Shopify-Hmac-Sha256`.",
    },
  },
});

/** An inbound webhook, without its secret. */
export const InboundRouteObject = builder.objectRef<InboundRoute>("InboundRoute").implement({
  description: "Inbound webhook of the organization. Without a secret it answers 404.",
  fields: (t) => ({
    kind: t.expose("kind", { type: InboundRouteKind, description: "Sender and format." }),
    path: t.string({
      description: "Path of its URL on this server, with the id of the organization: " +
        '"/webhooks/email/org_…".',
      resolve: pathOf,
    }),
    secretCreatedAt: t.expose("secretCreatedAt", {
      type: "DateTime",
      nullable: true,
      description: "Time its secret was saved; null if it has none and answers 404.",
    }),
    secretCreatedBy: t.exposeString("secretCreatedBy", {
      nullable: true,
      description:
        "User who saved it; null without a secret, and if the user is unknown or erased.",
    }),
    previousSecretUntil: t.expose("previousSecretUntil", {
      type: "DateTime",
      nullable: true,
      description:
        "Time until which the replaced secret is also accepted; null if only the current one is.",
    }),
  }),
});

builder.queryField("inboundRoutes", (t) =>
  t.field({
    type: [InboundRouteObject],
    nullable: true,
    description:
      "Inbound webhooks of the organization, one of each kind. ADMIN and OPERATOR only; a MEMBER gets the " +
      "error FORBIDDEN.",
    resolve: (_root, _args, { services, caller }) => listInboundRoutes(services, caller),
  }));
