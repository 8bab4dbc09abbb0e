import { deepStrictEqual, strictEqual } from "node:assert/strict";
import type { Page } from "playwright-core";
import { assertAccessible } from "../support/browser.ts";
import { subjectsOf } from "../support/learning.ts";
import { startModelServer } from "../support/model_server.ts";
import type { Program } from "../support/program.ts";
import { answerLessons, importMails, importSampleMails, SHOP } from "./sample_learning.ts";
import { inBrowser, VIEWPORT } from "./support.ts";

const model = await startModelServer({ reply: answerLessons });
Deno.test.afterAll(async () => await model[Symbol.asyncDispose]());
const ENVIRONMENT = { OPENAI_API_KEY: "sk-good", OPENAI_BASE_URL: model.baseUrl };

const MANY = 1_001;

/** Imports one sent mail more than can be chosen for one run. */
async function importMany(program: Program): Promise<void> {
  const mails = Array.from({ length: MANY }, (_, n) =>
    [
      `From ${SHOP} Wed Apr  1 08:00:00 2026`,
      `Message-ID: <many-${n}@example.org>`,
      `From: ${SHOP}`,
      `To: many${n}@example.net`,
      `Subject: Newsletter ${n}`,
      "Date: Wed, 1 Apr 2026 08:00:00 +0000",
      "",
      "Thank you.",
      "",
      "",
    ].join("\n"));
  await importMails(program, mails.join(""));
}

async function openChoice(page: Page) {
  await page.getByRole("button", { name: /^(Start learning|Learn \d+ new mails?) …$/ }).click();
  await page.getByText("Chosen", { exact: true }).click();
  const dialog = page.getByRole("dialog", { name: "Learn from sent mails" });
  await dialog.getByRole("list", { name: "Mails" }).waitFor();
  return dialog;
}

inBrowser(
  "mails are searched, chosen by keys and all at once, and only the chosen ones are learned",
  async ({ page, program, open }) => {
    await importSampleMails(program);
    await open("/learning");
    const dialog = await openChoice(page);
    const mails = dialog.getByRole("list", { name: "Mails" }).getByRole("listitem");
    const box = (name: string) => dialog.getByRole("checkbox", { name, exact: true });
    const estimated = (count: number) =>
      dialog.getByRole("region", { name: "Estimate" })
        .locator(".figures > div", { hasText: "Chosen mails" }).getByText(`${count}`, {
          exact: true,
        })
        .waitFor();
    strictEqual(await mails.count(), 13);
    strictEqual(
      await dialog.getByRole("button", { name: "Learn", exact: true }).isDisabled(),
      true,
    );
    await assertAccessible(page);

    await dialog.getByRole("textbox", { name: "Search subject or recipient" }).fill("LAMP return");
    await mails.nth(4).waitFor({ state: "detached" });
    await mails.first().getByRole("checkbox").focus();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Space");
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("Space");
    await dialog.getByText("2 of up to 1,000 chosen").waitFor();
    await estimated(2);
    await dialog.getByRole("textbox", { name: "Search subject or recipient" }).fill("customer12@");
    await mails.nth(1).waitFor({ state: "detached" });
    await box("Re: Feet of a chair 1").check();
    await dialog.getByText("3 of up to 1,000 chosen").waitFor();
    await estimated(3);
    await assertAccessible(page);
    await dialog.getByRole("button", { name: "Learn from 3 mails" }).click();
    const progress = page.getByRole("dialog", { name: "Learning progress" });
    await progress.getByText("Completed").waitFor();
    await progress.getByRole("button", { name: "Show the results" }).click();
    await page.getByText("3 chosen mails").first().waitFor();
    deepStrictEqual(model.asks.flatMap(subjectsOf).toSorted(), [
      "Re: Feet of a chair 1",
      "Re: Return of a lamp 3",
      "Re: Return of a lamp 4",
    ]);

    await page.getByRole("button", { name: "Back to the list" }).click();
    await openChoice(page);
    await dialog.getByRole("button", { name: "Select all 10 shown" }).waitFor();
    await dialog.getByRole("checkbox", { name: "Not learned yet" }).uncheck();
    await dialog.getByRole("button", { name: "Select all 13 shown" }).click();
    await estimated(13);
    await dialog.getByRole("button", { name: "Learn from 10 mails" }).waitFor();
    await mails.filter({ hasText: "learned" }).nth(2).waitFor();
    await dialog.getByRole("button", { name: "Clear", exact: true }).click();
    await dialog.getByText("0 of up to 1,000 chosen").waitFor();
    await dialog.getByLabel("Sent to", { exact: true }).fill("2026-05-03");
    await dialog.getByText("No mail matches.").waitFor();
    await assertAccessible(page);
  },
  VIEWPORT,
  {},
  ENVIRONMENT,
);

inBrowser(
  "more mails are shown page by page, and no more than 1,000 can be chosen for one run",
  async ({ page, program, open }) => {
    await importMany(program);
    await open("/learning");
    const dialog = await openChoice(page);
    for (const shown of [100, 300, 500, 700, 900]) {
      await dialog.getByRole("button", { name: `Select all ${shown} shown` }).waitFor();
      await dialog.getByRole("button", { name: "Show more of 1,001 mails" }).click();
    }
    await dialog.getByRole("button", { name: "Select all 1,001 shown" }).click();
    await dialog.getByRole("alert").getByText("Choose at most 1,000 mails for one run: 1 too many.")
      .waitFor();
    const learn = dialog.getByRole("button", { name: /^Learn\b(?! again)/ });
    strictEqual(await learn.isDisabled(), true);
    await dialog.getByRole("checkbox", { name: "Newsletter 7", exact: true }).uncheck();
    await dialog.getByRole("button", { name: "Learn from 1,000 mails" }).waitFor();
    strictEqual(await learn.isEnabled(), true);
  },
  { viewport: { width: 390, height: 844 } },
);
