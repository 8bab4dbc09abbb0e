import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { toTypeId } from "../../../src/domain/id.ts";
import { deleteInboundSecret, saveInboundSecret } from "../../../src/domain/inbound_routes/save.ts";
import { ordersOf } from "../../../src/domain/orders/find.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { type TestServer, withServer } from "../../support/server.ts";

const SECRET = "secret-of-the-environment";
const PATH = "/webhooks/shopify/orders";

// Fields of the example in Shopify's reference of the topic orders/create.
const ORDER = {
  id: 820982911946154508,
  admin_graphql_api_id: "gid://shopify/Order/820982911946154508",
  name: "#9999",
  order_number: 1234,
  email: "Jon@example.com",
  contact_email: "Jon@example.com",
  financial_status: "voided",
  fulfillment_status: null,
  cancelled_at: "2021-12-31T19:00:00-05:00",
  cancel_reason: "customer",
  total_price: "388.00",
  current_total_price: "388.00",
  currency: "USD",
  created_at: "2021-12-31T18:00:00-05:00",
  updated_at: "2021-12-31T19:00:00-05:00",
  line_items: [{ id: 866550311766439020, title: "IPod Nano - 8GB", price: "199.00" }],
  test: true,
};

interface PostOptions {
  readonly path?: string;
  readonly secret?: string;
  readonly topic?: string;
  readonly signature?: string | null;
}

function onEveryShop(
  name: string,
  test: (
    server: TestServer,
    post: (
      order: unknown,
      options?: PostOptions,
    ) => Promise<{ status: number; outcome: string | undefined }>,
  ) => Promise<void>,
): void {
  const webhooks = {
    secret: null,
    mailgunSigningKey: null,
    shopifySecret: SECRET,
    snsTopicArns: [],
  };
  onEveryDatabase(
    name,
    ({ db }) =>
      withServer(
        db,
        (server) =>
          test(server, async (order, { path = PATH, secret = SECRET, topic, signature } = {}) => {
            const body = typeof order === "string" ? order : JSON.stringify(order);
            const hmac = signature ?? createHmac("sha256", secret).update(body).digest("base64");
            const response = await fetch(new URL(path, server.url), {
              method: "POST",
              body,
              headers: {
                "content-type": "application/json",
                "x-shopify-topic": topic ?? "orders/create",
                "x-shopify-webhook-id": "b54557e4-bdd9-4b37-8a5f-bf7d70bcd043",
                ...signature !== null && { "x-shopify-hmac-sha256": hmac },
              },
            });
            return { status: response.status, outcome: (await response.json()).outcome };
          }),
        { webhooks },
      ),
  );
}

onEveryShop("/webhooks/shopify/orders stores an order once", async (server, post) => {
  const { services, organization: { id } } = server;
  assert.deepEqual(await post(ORDER), { status: 200, outcome: "created" });
  assert.deepEqual(await post(ORDER), { status: 200, outcome: "updated" });
  const orders = await ordersOf(services, id, "jon@example.com", 10);
  assert.deepEqual(
    orders.map(({ number, status, totalMicros, currency, placedAt }) => [
      number,
      status,
      totalMicros,
      currency,
      placedAt.toISOString(),
    ]),
    [["#9999", "cancelled, voided", "388000000", "USD", "2021-12-31T23:00:00.000Z"]],
  );
});

onEveryShop(
  "webhooks of Shopify that arrive in another order change nothing",
  async (server, post) => {
    const { services, organization: { id } } = server;
    const states = [
      ["orders/fulfilled", "09:00:03", "paid", "fulfilled"],
      ["orders/paid", "09:00:01", "paid", null],
      ["orders/updated", "09:00:05", "partially_refunded", "partial"],
      ["orders/create", "09:00:00", "pending", null],
    ] as const;
    const outcomes = [];
    for (const [topic, at, financial_status, fulfillment_status] of states) {
      const updated_at = `2026-03-01T${at}+01:00`;
      const order = {
        ...ORDER,
        cancelled_at: null,
        updated_at,
        financial_status,
        fulfillment_status,
      };
      outcomes.push((await post(order, { topic })).outcome);
    }
    assert.deepEqual(outcomes, ["created", "ignored", "updated", "ignored"]);
    const [order] = await ordersOf(services, id, "jon@example.com", 10);
    assert.equal(order?.status, "partially refunded, partial");
  },
);

onEveryShop("webhooks of Shopify without a valid signature are refused", async (server, post) => {
  const { services, organization: { id } } = server;
  const wrong = createHmac("sha256", SECRET).update("another body").digest("base64");
  assert.equal((await post(ORDER, { signature: wrong })).status, 401);
  assert.equal((await post(ORDER, { signature: "" })).status, 401);
  assert.equal((await post(ORDER, { signature: null })).status, 401);
  assert.equal((await post(ORDER, { secret: "another secret" })).status, 401);
  assert.equal((await post("no JSON")).status, 400);
  assert.equal((await post({ ...ORDER, updated_at: "yesterday" })).status, 400);
  assert.equal((await post({ ...ORDER, total_price: "much" })).status, 400);
  assert.equal((await post(ORDER, { topic: "orders/edited" })).status, 403);
  assert.equal((await post("x".repeat(5 * 1024 * 1024 + 1))).status, 413);
  assert.deepEqual(await ordersOf(services, id, "jon@example.com", 10), []);
  // An order at the till has no address.
  const nameless = { ...ORDER, email: "", contact_email: null };
  assert.deepEqual(await post(nameless), { status: 200, outcome: "ignored" });
});

onEveryShop("each organization has its own webhook of Shopify", async (server, post) => {
  const { services, organization } = server;
  const other = await createOrganization(services.db);
  const path = `${PATH}/${toTypeId("organization", other.id)}`;
  assert.equal((await post(ORDER, { path })).status, 404);
  const secrets = ["first-secret-of-a-shop", "second-secret-of-a-shop"] as const;
  const [first, second] = secrets;
  for (const secret of secrets) {
    await saveInboundSecret(services, other.admin, { kind: "SHOPIFY", secret });
  }
  assert.equal((await post(ORDER, { path })).status, 401);
  assert.equal((await post(ORDER, { path, secret: first })).outcome, "created");
  assert.equal((await post(ORDER, { path, secret: second })).outcome, "updated");
  assert.equal((await ordersOf(services, other.id, "jon@example.com", 10)).length, 1);
  assert.deepEqual(await ordersOf(services, organization.id, "jon@example.com", 10), []);
  await deleteInboundSecret(services, other.admin, "SHOPIFY");
  assert.equal((await post(ORDER, { path, secret: second })).status, 404);
  assert.equal((await post(ORDER, { path: `${PATH}/org_unknown` })).status, 404);
});
