import assert from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { request } from "../support/program.ts";
import { inBrowser, VIEWPORT } from "./support.ts";

const REGISTER = `mutation ($email: String!) {
  registerContact(input: { email: $email, name: "Grace" }) { __typename ... on Error { reason } }
}`;

inBrowser(
  "a welcome is written with its preview, sent to a contact who signs up, and disabled",
  async ({ page, program, smtp, open }) => {
    await open("/campaigns");
    await page.getByText("No campaigns yet").waitFor();
    await assertAccessible(page);
    await page.getByRole("link", { name: "New campaign" }).first().click();
    await page.getByRole("button", { name: "Create campaign" }).click();
    await page.getByText("is empty").first().waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Welcome");
    await page.getByLabel("Subject").fill("Welcome {{ name }}");
    await page.getByLabel("Text", { exact: true }).fill("Good to see you.");
    await page.getByText("Welcome Ada Lovelace", { exact: true }).waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Create campaign" }).click();
    await page.getByRole("heading", { name: "Welcome", exact: true }).waitFor();
    await page.locator(".message-state").getByText("At sign-up").waitFor();

    await request(program, REGISTER, { email: "grace@example.com" });
    await smtp.untilReceived(1);
    assert.equal(smtp.received[0]?.recipient, "grace@example.com");
    // The figures follow without a reload.
    await page.locator(".figures div", { hasText: "Sent" }).getByText("1", { exact: true })
      .waitFor();
    // The contact that the content is shown for is read with the page.
    await page.reload();
    await page.getByText("Welcome Grace", { exact: true }).waitFor();
    await page.getByLabel("Send a test to").fill("max@example.com");
    await page.getByRole("button", { name: "Send test" }).click();
    await smtp.untilReceived(2);
    const [, tested] = smtp.received;
    assert.equal(tested?.recipient, "max@example.com");
    assert.match(tested.content, /^Subject: .*Welcome Grace/m);
    await assertAccessible(page);

    await page.getByRole("button", { name: "Disable …" }).click();
    await page.getByRole("button", { name: "Disable", exact: true }).click();
    await page.locator(".message-state").getByText("Disabled").waitFor();
    await page.goto(`${program.address}/campaigns?view=calendar`);
    await page.getByRole("button", { name: "Next month" }).click();
    await assertAccessible(page);
  },
  VIEWPORT,
  { keepContent: true },
);
