import { Buffer } from "node:buffer";
import { z } from "zod";
import { checkOrder } from "../../domain/orders/input.ts";
import type { NewOrder } from "../../domain/orders/order.ts";
import { checkHmac, parseJson, WebhookError } from "./webhook.ts";

/** State of an order that Shopify reports. */
export interface ShopifyOrder {
  /** Null: it has no email address, and so no customer. */
  readonly order: NewOrder | null;
  /** Time of the state. */
  readonly updatedAt: Date;
}

// Topics with an order as payload. Other topics, such as orders/edited, contain only changes.
const TOPICS: readonly string[] = [
  "orders/create",
  "orders/updated",
  "orders/cancelled",
  "orders/fulfilled",
  "orders/paid",
];

const time = z.iso.datetime({ offset: true }).transform((text) => new Date(text));
const word = z.string().nullish();

// A part of the resource Order of the REST Admin API.
const orderSchema = z.object({
  name: z.string(),
  email: word,
  contact_email: word,
  financial_status: word,
  fulfillment_status: word,
  cancelled_at: word,
  total_price: z.union([z.string(), z.number()]).transform(String),
  currency: z.string(),
  created_at: time,
  updated_at: time,
});

/**
 * Reads an order webhook of Shopify, after it has checked the header `X-Shopify-Hmac-Sha256`: base64 of the
 * HMAC-SHA256 of the body.
 *
 * @param secrets of which any may have signed
 * @param body as it was received
 * @throws {WebhookError} 401 for a wrong signature, 403 for another topic, 400 for a body in another format
 * @throws {InvalidInputError} for an order that `upsertOrder` would refuse
 */
export function readShopifyOrder(
  secrets: readonly string[],
  headers: Headers,
  body: Uint8Array,
): ShopifyOrder {
  const signature = Buffer.from(headers.get("x-shopify-hmac-sha256") ?? "", "base64");
  checkHmac(secrets, [body], [signature.toString("hex")]);
  const topic = headers.get("x-shopify-topic") ?? "";
  if (!TOPICS.includes(topic)) {
    throw new WebhookError(
      403,
      `Cannot accept this topic: subscribe to ${TOPICS.join(", ")} only`,
    );
  }
  const { data, error } = orderSchema.safeParse(parseJson(body));
  if (error) {
    throw new WebhookError(400, "Cannot read the body: it has no order in Shopify's format", {
      cause: error,
    });
  }
  const contactEmail = data.contact_email?.trim() || data.email?.trim();
  const order = contactEmail
    ? checkOrder({
      number: data.name,
      contactEmail,
      status: statusOf(data),
      total: { amount: data.total_price, currency: data.currency },
      createdAt: data.created_at,
    })
    : null;
  return { order, updatedAt: data.updated_at };
}

/** "paid, unfulfilled"; "cancelled, partially refunded". */
function statusOf(order: z.infer<typeof orderSchema>): string {
  const { cancelled_at, financial_status, fulfillment_status } = order;
  const parts = cancelled_at
    ? ["cancelled", financial_status, fulfillment_status]
    : [financial_status, fulfillment_status ?? "unfulfilled"];
  return parts.filter(Boolean).join(", ").replaceAll("_", " ");
}
