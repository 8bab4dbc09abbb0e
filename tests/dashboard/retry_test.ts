import assert from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { inBrowser } from "./support.ts";

const REPLIES: Readonly<Record<string, string>> = {
  full: "452 4.2.2 Mailbox full",
  nobody: "550 5.1.1 No such user",
  spam: "554 5.7.1 Refused by policy",
};

inBrowser(
  "failed recipients are retried by type, then by selection, and none gets a message twice",
  async ({ page, smtp, open, send }) => {
    smtp.replies.reject = (address) => REPLIES[address.replace(/\d?@.*/, "")] ?? null;
    const addresses = ["ada", "full1", "full2", "spam1", "nobody1"].map((name) =>
      `${name}@example.com`
    );
    const id = await send("Selective", addresses);
    await open(`/messages/${id}`);
    await page.getByRole("button", { name: "Invalid recipient 1" }).waitFor();
    await assertAccessible(page);

    smtp.replies.reject = () => null;
    await page.getByRole("button", { name: "Rate limit 2" }).click();
    await page.getByRole("button", { name: "Retry rate limit (2)" }).click();
    await page.getByText("2 recipients queued.").waitFor();
    await page.getByRole("button", { name: "Rate limit 0" }).waitFor();
    await page.getByRole("button", { name: "Rate limit 0" }).click();

    await page.getByLabel("Select spam1@example.com").check();
    await page.getByLabel("Also retry 1 with a permanent error").check();
    await page.getByRole("button", { name: "Retry selected (1)" }).click();
    await page.getByRole("button", { name: "Permission 0" }).waitFor();
    await smtp.untilReceived(4);
    assert.deepEqual(
      smtp.received.map(({ recipient }) => recipient).sort(),
      addresses.slice(0, 4),
    );

    await page.getByText("nobody1@example.com").click();
    await page.getByText("No such user").first().waitFor();
    await page.frameLocator("iframe").getByText("Hello").waitFor();
    await assertAccessible(page);
  },
);
