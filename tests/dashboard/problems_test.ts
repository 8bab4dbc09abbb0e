import { assertAccessible } from "../support/browser.ts";
import { inBrowser } from "./support.ts";

const FULL = "452 4.2.2 Mailbox full";

inBrowser(
  "a problem is retried in stages until too many fail again, then is resolved, and opens again",
  async ({ page, smtp, open, send }) => {
    smtp.replies.reject = () => FULL;
    const addresses = Array.from({ length: 9 }, (_, n) => `ada${n}@example.com`);
    await send("Full mailboxes", addresses);
    await open("/problems");
    await page.getByRole("link", { name: "Problems 1" }).waitFor();
    await page.getByRole("row", { name: "Mailbox full" }).click();
    await page.getByRole("link", { name: "Full mailboxes" }).first().waitFor();
    await page.getByText("Remedy:").waitFor();
    await page.getByRole("link", { name: "All failed deliveries" }).click();
    await page.getByRole("row", { name: "ada8@example.com" }).waitFor();
    await page.goBack();
    await assertAccessible(page);

    smtp.replies.reject = (address) => address === "ada8@example.com" ? null : FULL;
    await page.getByRole("button", { name: "Retry in stages" }).click();
    await page.getByRole("textbox", { name: "Stages" }).fill("1, two");
    await page.getByText("Enter numbers with commas").waitFor();
    await page.getByRole("textbox", { name: "Stages" }).fill("1, 2");
    await page.getByText("1 → 2 → 6").waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Retry 9 in stages" }).click();
    const panel = page.getByRole("region", { name: "Bulk action" });
    await panel.getByText("more than the limit of 50 %").waitFor();
    await panel.getByText("8", { exact: true }).waitFor();
    await assertAccessible(page);

    await page.getByRole("button", { name: "Resolve …" }).click();
    await page.getByLabel("Note").fill("The mailboxes were enlarged");
    await page.getByRole("dialog").getByRole("button", { name: "Resolve", exact: true }).click();
    await page.getByText("The mailboxes were enlarged").first().waitFor();
    await page.locator(".object-state").getByText("Resolved").waitFor();
    await page.getByRole("link", { name: "Problems", exact: true }).waitFor();

    await send("Once more", ["ada9@example.com"]);
    await page.locator(".object-state").getByText("Open again").waitFor();
    await page.getByText("Opened again").waitFor();
    await page.getByRole("link", { name: "Once more" }).first().waitFor();
    await page.getByRole("link", { name: "Problems 1" }).waitFor();

    await page.getByRole("button", { name: "Ignore …" }).click();
    await page.getByRole("textbox", { name: "Open it again" }).fill("2");
    await assertAccessible(page);
    await page.getByRole("dialog").getByRole("button", { name: "Ignore", exact: true }).click();
    await page.getByText("or more than 2 failures in an hour").waitFor();
    await send("A flood", ["ada1@example.com", "ada2@example.com", "ada3@example.com"]);
    await page.locator(".object-state").getByText("Open again").waitFor();
  },
);
