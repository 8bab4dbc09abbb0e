import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { assertAccessible } from "../support/browser.ts";
import { request } from "../support/program.ts";
import { inBrowser } from "./support.ts";

const CREATE_ADMIN = `mutation {
  createApiKey(input: { name: "ada", role: ADMIN, userId: "ada" }) {
    ... on CreateApiKeyPayload { secret }
  }
}`;
const REGISTER = `mutation {
  registerContact(input: { email: "jon@example.com", name: "Jon", sendWelcome: false }) {
    ... on RegisterContactPayload { contact { id } } ... on Error { reason }
  }
}`;

const ORDER = JSON.stringify({
  name: "#1001",
  email: "Jon@example.com",
  financial_status: "paid",
  fulfillment_status: null,
  total_price: "388.00",
  currency: "USD",
  created_at: "2026-03-01T10:00:00Z",
  updated_at: "2026-03-01T10:00:00Z",
});

inBrowser(
  "secrets of inbound webhooks are created, replaced and deleted; an order is on its contact",
  async ({ page, program, open }) => {
    const { createApiKey } = await request<{ createApiKey: { secret: string } }>(
      program,
      CREATE_ADMIN,
    );
    const { registerContact } = await request<{ registerContact: { contact: { id: string } } }>(
      program,
      REGISTER,
    );
    await open("/organization", createApiKey.secret);
    const webhooks = page.getByRole("region", { name: "Inbound webhooks" });
    const shop = webhooks.getByRole("row", { name: "Orders from Shopify" });
    await shop.getByText("None: answers 404").waitFor();
    await shop.getByRole("button", { name: "Create a secret …" }).click();
    await page.getByLabel("Secret", { exact: true }).fill("short");
    await page.getByRole("button", { name: "Save the secret" }).click();
    await page.getByText("must have 16 to 200 visible ASCII characters").waitFor();
    await assertAccessible(page);
    const secret = "signing-secret-of-the-shop";
    await page.getByLabel("Secret", { exact: true }).fill(secret);
    await page.getByRole("button", { name: "Save the secret" }).click();
    await shop.getByText(/Saved .* by ada/).waitFor();

    const path = await shop.locator("code").textContent() ?? "";
    const post = async () => {
      const response = await fetch(new URL(path, program.address), {
        method: "POST",
        body: ORDER,
        headers: {
          "x-shopify-topic": "orders/create",
          "x-shopify-hmac-sha256": createHmac("sha256", secret).update(ORDER).digest("base64"),
        },
      });
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(await post(), 200);

    const mails = webhooks.getByRole("row", { name: "Mails as JSON" });
    await mails.getByRole("button", { name: "Create a secret …" }).click();
    await page.getByRole("button", { name: "Generate the secret" }).click();
    assert.match(await page.locator("code.secret").textContent() ?? "", /^[\w-]{43}$/);
    await page.getByRole("button", { name: "Done" }).click();
    await mails.getByRole("button", { name: "Replace …" }).click();
    await page.getByText("accepted for another 24 hours").waitFor();
    await page.getByRole("button", { name: "Generate the secret" }).click();
    await page.getByRole("button", { name: "Done" }).click();
    await mails.getByText("the previous one ends").waitFor();
    await assertAccessible(page);

    await shop.getByRole("button", { name: "Delete …" }).click();
    await page.getByRole("button", { name: "Delete the secret" }).click();
    await shop.getByText("None: answers 404").waitFor();
    assert.equal(await post(), 404);

    await open(`/contacts/${registerContact.contact.id}`, createApiKey.secret);
    const orders = page.getByRole("region", { name: "Orders" });
    await orders.getByRole("row", { name: "#1001 paid, unfulfilled" }).waitFor();
    await page.getByText("Placed order #1001 for 388.00 USD").waitFor();
    await assertAccessible(page);
  },
);
