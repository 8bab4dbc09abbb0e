import { assertAccessible } from "../support/browser.ts";
import { inBrowser } from "./support.ts";

inBrowser(
  "failed recipients of a message are retried in stages, slowly, and the rest is spared by an abort",
  async ({ page, smtp, open, send }) => {
    smtp.replies.reject = (address) =>
      address.startsWith("nobody") ? "550 5.1.1 No such user" : "452 4.2.2 Mailbox full";
    const addresses = ["ada1", "ada2", "ada3", "ada4", "nobody"].map((name) =>
      `${name}@example.com`
    );
    const id = await send("Full mailboxes", addresses);
    await open(`/messages/${id}?tab=failed`);
    await page.getByRole("button", { name: "Rate limit 4" }).waitFor();
    smtp.replies.reject = () => null;
    await page.getByRole("button", { name: "Retry in stages" }).click();
    await page.getByText("1 item skipped:").waitFor();
    await page.getByRole("textbox", { name: "Rate" }).fill("0.02");
    await page.getByRole("button", { name: "Retry 4 in stages" }).click();

    const panel = page.getByRole("region", { name: "Bulk action" });
    await panel.getByText("at most 1/min").waitFor();
    await assertAccessible(page);
    await panel.getByRole("link", { name: "blk_" }).click();
    await page.getByRole("heading", { name: "Retry 5 items" }).waitFor();
    await page.locator(".object-state").getByText("Running").waitFor();
    await page.getByRole("row", { name: "nobody@example.com Waiting Failed" }).waitFor();
    await page.getByRole("button", { name: "Abort" }).click();
    await page.getByRole("dialog").getByText("items will be left unchanged.").waitFor();
    await page.getByRole("dialog").getByRole("button", { name: "Abort" }).click();
    await page.locator(".object-state").getByText("Aborted").waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Back to the list" }).click();
    await page.getByRole("row", { name: "Aborted" }).waitFor();
    await assertAccessible(page);
  },
);
