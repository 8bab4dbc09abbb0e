import { match } from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { startModelServer } from "../support/model_server.ts";
import { request } from "../support/program.ts";
import { answerLessons, importSampleMails, learnSampleMails } from "./sample_learning.ts";
import { inBrowser, VIEWPORT } from "./support.ts";

const model = await startModelServer({ reply: answerLessons });
Deno.test.afterAll(async () => await model[Symbol.asyncDispose]());
const ENVIRONMENT = { OPENAI_API_KEY: "sk-good", OPENAI_BASE_URL: model.baseUrl };

const ADD = `mutation ($input: UpsertFactInput!) {
  upsertFact(input: $input) { __typename ... on Error { reason } }
}`;

inBrowser(
  "proposed facts are approved, edited and dismissed, by keys and in bulk, with their evidence",
  async ({ page, program, open }) => {
    await open("/knowledge");
    await page.getByRole("heading", { name: "No proposed facts" }).waitFor();
    await assertAccessible(page);
    await importSampleMails(program);
    await learnSampleMails(program);
    await page.getByRole("link", { name: "Knowledge 4" }).waitFor();
    await page.reload();
    const rows = page.getByRole("rowgroup").nth(1).getByRole("row");
    await rows.nth(3).waitFor();
    const [first = ""] = await rows.allInnerTexts();
    match(first, /How long does a delivery take\?[^]*\b6\b/);
    await assertAccessible(page);

    await page.keyboard.press("j");
    await page.keyboard.press("a");
    await page.getByRole("link", { name: "Knowledge 3" }).waitFor();
    await rows.nth(3).waitFor({ state: "detached" });
    await page.keyboard.press("d");
    await page.getByRole("link", { name: "Knowledge 2" }).waitFor();
    await rows.nth(2).waitFor({ state: "detached" });
    const notice = page.getByRole("status").filter({ hasText: "1 fact dismissed" });
    await notice.waitFor();
    await assertAccessible(page);
    await page.keyboard.press("u");
    await page.getByRole("link", { name: "Knowledge 3" }).waitFor();
    await notice.waitFor({ state: "detached" });
    await rows.nth(2).waitFor();
    await page.keyboard.press("d");
    await page.getByRole("link", { name: "Knowledge 2" }).waitFor();
    await rows.nth(2).waitFor({ state: "detached" });
    await page.keyboard.press("e");
    const dialog = page.getByRole("dialog", { name: "Edit and approve the fact" });
    await dialog.getByLabel("Answer", { exact: true }).fill("Yes, until the order is shipped.");
    await dialog.getByLabel("Used for").selectOption("DOMAIN");
    await dialog.getByLabel("Domain").fill("no domain @");
    await dialog.getByRole("button", { name: "Save and approve" }).click();
    await dialog.getByText(/must be|is not/).waitFor();
    await assertAccessible(page);
    await dialog.getByLabel("Domain").fill("Example.com");
    await dialog.getByRole("button", { name: "Save and approve" }).click();
    await page.getByRole("link", { name: "Knowledge 1" }).waitFor();

    await page.getByText("Approved", { exact: true }).first().click();
    await page.getByRole("row", { name: "Yes, until the order is shipped." }).click();
    await page.getByRole("heading", { name: "Can the invoice name a company?" }).waitFor();
    await page.getByText("Domain example.com").last().waitFor();
    const evidence = page.getByRole("region", { name: "Evidence" });
    await evidence.getByText("Re: Invoice for a company 2").waitFor();
    await evidence.getByText("as long as the order is not shipped").first().waitFor();
    await assertAccessible(page);
    await page.keyboard.press("d");
    await page.getByText("Used by no suggested reply").waitFor();
    await page.getByRole("button", { name: "Approve", exact: true }).click();
    await page.getByText("Used first by suggested replies").waitFor();
    await page.getByRole("button", { name: "Undo" }).click();
    await page.getByText("Used by no suggested reply").waitFor();
    await page.getByRole("button", { name: "Approve", exact: true }).click();
    await page.getByText("Used first by suggested replies").waitFor();
    await page.keyboard.press("Escape");

    await page.getByRole("button", { name: "Add a fact" }).click();
    const adding = page.getByRole("dialog", { name: "Add a fact" });
    await adding.getByRole("textbox", { name: "Question" }).fill("Do you deliver on Saturdays?");
    await adding.getByLabel("Answer", { exact: true }).fill("Yes, in cities.");
    await adding.getByLabel("Used for").selectOption("TOPIC");
    await adding.getByRole("combobox", { name: "Topic" }).fill("deli");
    await page.getByRole("option", { name: "delivery" }).click();
    await adding.getByRole("button", { name: "Add the fact" }).click();
    await page.getByRole("heading", { name: "Do you deliver on Saturdays?" }).waitFor();
    await page.getByText("It was added by a person, without a mail.").waitFor();
    await page.keyboard.press("Escape");

    const scopes = page.getByRole("group", { name: "Used for" });
    await scopes.getByText("Topic", { exact: true }).click();
    await page.getByText("1 found").waitFor();
    await scopes.getByText("Topic", { exact: true }).click();
    await page.getByRole("textbox", { name: "Search question and answer" }).fill("saturday");
    await page.getByText("1 found").waitFor();
    await request(program, ADD, {
      input: { question: "Do you open on Saturday?", answer: "No." },
    });
    await page.getByText("2 found").waitFor();
    await page.getByRole("button", { name: "Clear the search" }).click();
    await page.getByText("4 found").waitFor();
    await page.getByRole("checkbox", { name: "Select Do you deliver on Saturdays?" }).check();
    await page.getByRole("button", { name: "Select all 4 shown facts" }).click();
    await page.getByRole("button", { name: "Dismiss 4 facts" }).click();
    await page.getByRole("heading", { name: "No facts yet" }).waitFor();
    await page.getByRole("status").filter({ hasText: "4 facts dismissed" })
      .getByRole("button", { name: "Undo" }).click();
    await page.getByText("4 found").waitFor();
    await page.getByRole("checkbox", { name: "Select Do you deliver on Saturdays?" }).check();
    await page.getByRole("button", { name: "Select all 4 shown facts" }).click();
    await page.getByRole("button", { name: "Dismiss 4 facts" }).click();
    await page.getByRole("heading", { name: "No facts yet" }).waitFor();
    await page.getByText("Dismissed", { exact: true }).first().click();
    await page.getByText("5 found").waitFor();
    await page.getByRole("checkbox", { name: "Select Do you open on Saturday?" }).check();
    await page.getByRole("button", { name: "Delete …" }).click();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Delete 1 fact" }).click();
    await page.getByText("4 found").waitFor();
  },
  VIEWPORT,
  {},
  ENVIRONMENT,
);
