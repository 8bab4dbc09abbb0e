import assert from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { startReceiver, verifyCall } from "../support/webhook_receiver.ts";
import { inBrowser, VIEWPORT } from "./support.ts";

inBrowser(
  "an endpoint is created, tested and changed; a failed call is looked at and replayed",
  async ({ page, open, send }) => {
    await using receiver = await startReceiver();
    await open("/webhooks");
    await page.getByRole("heading", { name: "No endpoints yet" }).waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Create an endpoint" }).first().click();
    await page.getByLabel("URL").fill("ftp://example.com/");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.getByText("must start with https:// or http://").waitFor();
    await assertAccessible(page);
    await page.getByLabel("URL").fill(receiver.url);
    await page.getByRole("button", { name: "Create", exact: true }).click();
    const secret = await page.locator("code.secret").textContent() ?? "";
    assert.match(secret, /^whsec_/);
    await page.getByRole("button", { name: "Done" }).click();
    await page.getByRole("heading", { name: receiver.url }).waitFor();

    receiver.answer = () => ({ status: 500, body: "out of order" });
    await page.getByRole("button", { name: "Send a test event" }).click();
    await page.getByText("Last call failed").last().waitFor();
    await page.getByRole("row", { name: "Test" }).getByText("500").waitFor();
    await page.getByRole("button", { name: "Details" }).click();
    await page.getByText("out of order").waitFor();
    await page.getByText("webhook.test").waitFor();
    await assertAccessible(page);
    await page.keyboard.press("Escape");

    receiver.answer = () => ({ status: 204 });
    await page.getByRole("button", { name: "Replay", exact: true }).click();
    await page.getByRole("row", { name: "Test" }).getByText("Delivered").waitFor();
    await page.getByText("Healthy").last().waitFor();
    const [failed, accepted] = receiver.calls;
    assert.equal(failed?.id, accepted?.id);
    assert.ok(accepted);
    verifyCall(accepted, secret);

    await send("July", ["ada@example.com"]);
    await page.getByRole("row", { name: "Message finished" }).getByText("Delivered").waitFor();

    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Disable" }).click();
    await page.getByRole("button", { name: "Disable" }).click();
    await page.getByText("Disabled").last().waitFor();
    await page.getByRole("button", { name: "Enable" }).click();
    await page.getByText("Healthy").last().waitFor();
    await page.getByRole("button", { name: "More actions" }).click();
    await page.getByRole("menuitem", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete the endpoint" }).click();
    await page.getByRole("heading", { name: "No endpoints yet" }).waitFor();
  },
  VIEWPORT,
  {},
  { WEBHOOK_ALLOW_PRIVATE: "true" },
);
