import { assertAccessible } from "../support/browser.ts";
import { inBrowser } from "./support.ts";

inBrowser(
  "the story of a recipient is found by the address, new deliveries appear, and analytics count both",
  async ({ page, smtp, open, send }) => {
    smtp.replies.reject = (address) =>
      address.startsWith("nobody") ? "550 5.1.1 No such user" : null;
    await send("First", ["ada@example.com", "nobody@example.com"]);
    await smtp.untilReceived(1);
    await open("/deliveries");
    await page.getByLabel("Recipient's address or name").fill("nobody");
    await page.getByRole("row", { name: "nobody@example.com Failed First" }).waitFor();
    await page.getByRole("row", { name: "ada@example.com" }).waitFor({ state: "detached" });
    await assertAccessible(page);
    await send("Second", ["nobody2@example.com"]);
    await page.getByRole("button", { name: "1 new" }).click();
    await page.getByRole("row", { name: "nobody2@example.com Failed Second" }).click();
    await page.getByText("No such user").first().waitFor();
    await page.frameLocator("iframe").getByText("Hello").waitFor();
    await page.getByRole("link", { name: "Second", exact: true }).waitFor();
    await assertAccessible(page);

    await page.keyboard.press("Escape");
    await page.getByRole("tab", { name: "Analytics" }).click();
    await page.getByRole("row", { name: "First" }).getByText("50%").waitFor();
    await page.getByRole("row", { name: "Second" }).getByText("0%").waitFor();
    await page.getByText("100% · 2").waitFor();
    await assertAccessible(page);
    await page.getByRole("link", { name: "Invalid recipient" }).click();
    await page.getByRole("row", { name: "nobody@example.com Failed First" }).waitFor();

    await page.keyboard.press("Control+k");
    await page.getByLabel("Search or jump").fill("ada@exam");
    await page.getByRole("button", { name: "ada@example.com Delivery · First" }).click();
    await page.getByRole("heading", { name: "Content for this recipient" }).waitFor();
  },
);
