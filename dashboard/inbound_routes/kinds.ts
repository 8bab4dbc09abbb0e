import type { InboundRoute } from "./operations.ts";

interface KindText {
  readonly title: string;
  /** Purpose, in one sentence. */
  readonly purpose: string;
  /** Place where the service shows its secret; null: Waybill generates one. */
  readonly secretFrom: string | null;
}

/** Texts of each kind of inbound webhook. */
export const KINDS: Readonly<Record<InboundRoute["kind"], KindText>> = {
  EMAIL: {
    title: "Mails as JSON",
    purpose: "Mails that your own programs receive.",
    secretFrom: null,
  },
  MAILGUN: {
    title: "Mails from Mailgun",
    purpose: "Mails that a route of Mailgun forwards.",
    secretFrom: "Mailgun: Settings, API security, HTTP webhook signing key.",
  },
  SHOPIFY: {
    title: "Orders from Shopify",
    purpose: "Webhooks of orders: creation, update, payment, fulfillment and cancellation.",
    secretFrom: "Shopify: Settings, Notifications, Webhooks, or the client secret of your app.",
  },
};
