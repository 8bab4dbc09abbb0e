import assert from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { inBrowser } from "./support.ts";

inBrowser(
  "a wrong key is refused in words; the right one opens compose, and a message is sent",
  async ({ page, program, smtp }) => {
    await page.goto(`${program.address}/compose`);
    await page.getByLabel("API key").fill("wb_wrong");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("The server does not know this key").waitFor();
    await assertAccessible(page);
    await page.getByLabel("API key").fill(program.key);
    await page.getByRole("button", { name: "Sign in" }).click();

    await page.getByRole("button", { name: "Send …" }).click();
    await page.getByText("Enter at least one recipient.").waitFor();
    await page.getByLabel("Addresses").fill(
      "ada@example.com, Ada\ngrace@example.com\nADA@example.com",
    );
    await page.getByText("2 recipients, 1 duplicate left out").waitFor();
    await page.getByLabel("Subject").fill("Hello {{ name }}");
    await page.getByLabel("Text", { exact: true }).fill(`{{ plan | default: "none" }}`);
    await page.getByText("no value for plan").waitFor();
    await page.getByText("Hello Ada", { exact: true }).waitFor();
    await assertAccessible(page);

    await page.getByRole("button", { name: "Send …" }).click();
    await page.getByRole("button", { name: "Send now", exact: true }).click();
    await page.getByRole("heading", { name: "Hello {{ name }}" }).waitFor();
    await page.locator(".message-state").getByText("Sent", { exact: true }).waitFor();
    assert.deepEqual(
      smtp.received.map(({ recipient }) => recipient).sort(),
      ["ada@example.com", "grace@example.com"],
    );
    await assertAccessible(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await assertAccessible(page);
  },
);
