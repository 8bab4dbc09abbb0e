import { getLogger } from "@logtape/logtape";
import { GraphQLError } from "graphql";
import { Hono } from "hono";
import { InvalidInputError } from "../../domain/errors.ts";
import { toTypeId } from "../../domain/id.ts";
import type { FindSecrets } from "../../domain/inbound_routes/secrets.ts";
import { storeOrder, type UpsertedOrder } from "../../domain/orders/upsert.ts";
import type { Services } from "../../domain/services.ts";
import { BodyTooLargeError, readBody } from "../body.ts";
import { BodyTimeoutError } from "../body_deadline.ts";
import { errorResponse, failureResponse, toClientError } from "../errors.ts";
import { addInboundRoute } from "./inbound_route.ts";
import { readShopifyOrder } from "./shopify_order.ts";
import { WebhookError } from "./webhook.ts";

// Orders with hundreds of items have about 1 MB.
const MAX_BODY_BYTES = 5 * 1024 * 1024;

const log = getLogger(["waybill", "server"]);

/**
 * Handles `POST /webhooks/shopify/orders`, optionally with the id of an organization: the state of an order. Responds
 * 200 once it is stored, and also to a repeated request, to an earlier state than the stored one, and to an order
 * without an email address, because Shopify would repeat a request with another answer.
 */
export function createShopifyOrders({ db }: Services, findSecrets: FindSecrets): Hono {
  const app = new Hono();
  addInboundRoute(app, "SHOPIFY", findSecrets, async (request, { organizationId, secrets }) => {
    try {
      const body = new Uint8Array(await readBody(request, MAX_BODY_BYTES));
      const { order, updatedAt } = readShopifyOrder(secrets, request.headers, body);
      return outcomeResponse(order && await storeOrder(db, organizationId, order, updatedAt));
    } catch (error) {
      return rejectionResponse(error);
    }
  });
  return app;
}

function outcomeResponse(stored: UpsertedOrder | null): Response {
  if (!stored) return Response.json({ outcome: "ignored" });
  const orderId = toTypeId("order", stored.order.id);
  return Response.json({ outcome: stored.created ? "created" : "updated", orderId });
}

function rejectionResponse(error: unknown): Response {
  const status = statusOf(error);
  if (status === null) return failureResponse(error);
  // Issues may quote the order, which does not belong in the log.
  log.warn("Rejected order webhook of Shopify with status {status}", { status });
  const shown = error instanceof WebhookError
    ? new GraphQLError(error.message)
    : toClientError(error);
  return errorResponse(status, shown);
}

function statusOf(error: unknown): number | null {
  if (error instanceof InvalidInputError) return 400;
  if (error instanceof BodyTooLargeError) return 413;
  if (error instanceof BodyTimeoutError) return 408;
  return error instanceof WebhookError ? error.status : null;
}
