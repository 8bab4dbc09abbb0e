import { strictEqual } from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { ANSWERED, insertSuggestions } from "./sample_quality.ts";
import { inBrowser } from "./support.ts";

inBrowser(
  "suggestion quality shows outcomes, shortcomings, prompts, topics and ratings of a period",
  async ({ page, open, restart, dataDir }) => {
    await open("/suggestion-quality");
    await page.getByText("No thread with a suggested reply was answered in this period").waitFor();
    await assertAccessible(page);
    await page.getByRole("link", { name: "Open the inbox" }).click();
    await page.getByRole("heading", { name: "Inbox" }).waitFor();

    await restart(() => insertSuggestions(dataDir));
    await open("/suggestion-quality");
    await page.getByRole("img", { name: /^Outcomes over time: \d+ sent as suggested/ }).waitFor();
    await page.getByRole("img", { name: /^Mean similarity over time/ }).waitFor();
    const total = page.locator("dl", { hasText: "Answered threads" });
    await total.getByText(String(ANSWERED), { exact: true }).waitFor();
    await page.locator(".bar-row", { hasText: "Answered without" }).getByText("%").waitFor();
    await page.locator(".bar-row", { hasText: "Missing fact" }).getByText("%").waitFor();
    const topics = page.getByRole("table", { name: "By topic" });
    await topics.getByRole("row", { name: "delivery" }).waitFor();
    const prompts = page.getByRole("table", { name: "By prompt version and model" });
    await prompts.getByRole("row", { name: "llama3.2" }).waitFor();
    await assertAccessible(page);

    await page.getByText("7 days", { exact: true }).click();
    await page.waitForURL(/period=7d/);
    await total.getByText(String(ANSWERED), { exact: true }).waitFor({ state: "detached" });
    await page.reload();
    strictEqual(await page.getByRole("radio", { name: "7 days" }).isChecked(), true);

    const ratings = page.getByRole("region", { name: "Ratings" });
    await ratings.getByText("It promises Saturday").waitFor();
    await ratings.getByRole("link", { name: "Question 2" }).click();
    await page.getByRole("heading", { name: "Question 2" }).waitFor();
    await page.goBack();
    await prompts.getByRole("link", { name: "Version 1" }).first().click();
    await page.waitForURL(/\/prompts\/pmt_/);
  },
);
