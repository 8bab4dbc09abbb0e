import { strictEqual } from "node:assert/strict";
import type { Page } from "playwright-core";
import { assertAccessible } from "../support/browser.ts";
import { subjectsOf } from "../support/learning.ts";
import { holdAnswers, type ReceivedAsk, startModelServer } from "../support/model_server.ts";
import { request } from "../support/program.ts";
import { answerLessons, sampleMbox, SHOP } from "./sample_learning.ts";
import { inBrowser, VIEWPORT } from "./support.ts";

const model = await startModelServer();
Deno.test.afterAll(async () => await model[Symbol.asyncDispose]());
const ENVIRONMENT = { OPENAI_API_KEY: "sk-good", OPENAI_BASE_URL: model.baseUrl };

const FILTERED = {
  status: 400,
  error: { message: "The content was filtered.", code: "content_filter" },
};

/** Refuses each request with a mail about a chair. */
function answerAllButOne(ask: ReceivedAsk) {
  return subjectsOf(ask).some((subject) => subject.includes("chair"))
    ? FILTERED
    : answerLessons(ask);
}

const figure = (page: Page, name: string) =>
  page.getByRole("dialog").locator(".figures > div", { hasText: name }).locator("dd");

inBrowser(
  "an mbox is imported, learned from with its estimate and progress, and its failed mail retried",
  async ({ page, program, open }) => {
    await open("/learning");
    await page.getByRole("heading", { name: "Nothing was learned yet" }).waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Import an mbox …" }).first().click();
    const importFile = () =>
      page.locator("input[type=file]").setInputFiles({
        name: "sent.mbox",
        mimeType: "application/mbox",
        buffer: Buffer.from(sampleMbox(2)),
      });
    await importFile();
    await page.getByText("None of these mails is from an address of the organization").waitFor();
    await assertAccessible(page);
    await page.getByRole("textbox", { name: "Addresses from which you have answered" }).fill(SHOP);
    await importFile();
    await page.getByText("0 mails imported, 13 already known, 2 parts refused:").waitFor();
    await page.getByText("Byte 0: has no header From with an address").waitFor();
    await assertAccessible(page);

    await page.getByRole("button", { name: "Learn from sent mails …" }).click();
    await page.getByText("The cost is known after the first run").waitFor();
    await page.getByText("Since a date").click();
    await page.getByLabel("Sent on this day or later").fill("2026-06-01");
    await page.getByText("No mail that a person of the organization has sent matches").waitFor();
    strictEqual(await page.getByRole("button", { name: "Learn", exact: true }).isDisabled(), true);
    await page.getByText("All sent", { exact: true }).click();
    await page.getByRole("textbox", { name: "Priority" }).fill("101");
    await page.getByRole("button", { name: "Learn from 13 mails" }).click();
    await page.getByText("is above 100").waitFor();
    await assertAccessible(page);
    await page.getByRole("textbox", { name: "Priority" }).fill("5");
    const held = holdAnswers(model);
    await page.getByRole("button", { name: "Learn from 13 mails" }).click();
    await held.asked;

    const dialog = page.getByRole("dialog", { name: "Learning progress" });
    await dialog.getByText("Running").waitFor();
    await figure(page, "Total").getByText("13").waitFor();
    await page.getByRole("status").filter({ hasText: "Learning from emails was started" })
      .waitFor();
    await assertAccessible(page);
    await dialog.getByRole("button", { name: "Continue in the background" }).click();
    await page.getByRole("button", { name: "Back to the list" }).click();
    await page.getByRole("link", { name: "View progress" }).click();
    await dialog.waitFor();
    model.settings.reply = answerAllButOne;
    held.answer(FILTERED);
    await dialog.getByText("Completed").waitFor();
    await figure(page, "Succeeded").getByText("12").waitFor();
    await figure(page, "Failed").getByText("1").waitFor();
    await dialog.getByText("3 new facts wait for approval").waitFor();
    await dialog.getByRole("button", { name: "Show the results" }).click();
    await page.getByRole("row", { name: "Re: Feet of a chair 1" })
      .getByText("The content was filtered.").waitFor();
    await page.getByRole("link", { name: "Learned from 13 mails, but not from all" }).first()
      .waitFor();
    await assertAccessible(page);

    model.settings.reply = answerLessons;
    await page.getByRole("button", { name: "Retry 1 failed" }).click();
    await dialog.getByText("Completed").waitFor();
    await figure(page, "Total").getByText("1").waitFor();
    await dialog.getByRole("button", { name: "Show the results" }).click();
    await page.getByRole("link", { name: "Learned from 1 mail", exact: true }).first().click();
    await page.getByRole("heading", { name: "Learning run" }).waitFor();
    await page.getByRole("button", { name: "Back to the list" }).click();
    await page.getByText("13 learned", { exact: true }).waitFor();
    await page.getByText("friendly and short").waitFor();
    await page.getByRole("listitem").filter({ hasText: "spare parts" }).waitFor();
    await page.getByRole("row", { name: "Failed mails of a run" }).waitFor();
    await assertAccessible(page);

    const startAgain = page.getByRole("button", { name: "Start learning …" });
    await startAgain.click();
    await page.getByText("Since a date").click();
    await page.getByLabel("Sent on this day or later").fill("2026-05-01");
    await page.getByText("Learn again from known mails").click();
    await page.getByText("At a time").click();
    await page.getByLabel("Start", { exact: true }).fill("2031-08-01T09:00");
    await page.getByText(/^about \$/).waitFor();
    await page.getByRole("button", { name: "Learn from 13 mails" }).click();
    await dialog.getByText("Queued").waitFor();
    await dialog.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: "Cancel the learning run" }).click();
    await dialog.getByText("Cancelled").waitFor();
    await dialog.getByRole("button", { name: "Show the results" }).click();
    await page.getByText("All sent mails since May 1, 2026, known ones again").waitFor();
    await page.getByRole("button", { name: "Back to the list" }).click();

    const setBudget = (perDay: string) =>
      request(program, `mutation { updateBudget(input: { perDay: ${perDay} }) { __typename } }`);
    await setBudget('{ amount: "0.000001", currency: "USD" }');
    await startAgain.click();
    await page.getByText("Learn again from known mails").click();
    await page.getByRole("button", { name: "Learn from 13 mails" }).click();
    await dialog.getByText("Waiting").waitFor();
    await dialog.getByRole("button", { name: "Continue in the background" }).click();
    await page.getByRole("button", { name: "Back to the list" }).click();
    const banner = page.getByText("Learning waits:");
    await banner.waitFor();
    await assertAccessible(page);
    await setBudget("null");
    await banner.waitFor({ state: "detached" });
    await page.getByRole("row", { name: "All sent mails, known ones again" })
      .filter({ hasText: "Completed" }).waitFor();
  },
  VIEWPORT,
  {},
  ENVIRONMENT,
);
