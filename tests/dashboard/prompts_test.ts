import assert from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { startModelServer } from "../support/model_server.ts";
import { request } from "../support/program.ts";
import { ESTIMATE } from "../support/quotes.ts";
import { inBrowser, VIEWPORT } from "./support.ts";

const model = await startModelServer();
Deno.test.afterAll(async () => await model[Symbol.asyncDispose]());

const CREATE = `mutation ($request: String!) {
  createQuote(input: { customer: { name: "Ada", email: "ada@example.com" }, request: $request }) {
    ... on CreateQuotePayload { quote { id } }
  }
}`;

inBrowser("a prompt is edited, compared, promoted and rolled back", async ({ page, open }) => {
  await open("/prompts");
  await page.getByRole("link", { name: "Quote", exact: true }).waitFor();
  await assertAccessible(page);
  await page.getByRole("link", { name: "Quote", exact: true }).click();
  await page.getByRole("heading", { name: "Quote, version 1" }).waitFor();
  await page.getByText("You prepare cost estimates for {{ organization }}.").waitFor();
  await assertAccessible(page);

  await page.getByRole("link", { name: "Edit" }).click();
  const text = page.getByRole("textbox", { name: "Text" });
  await text.fill("Estimate for {{ company }}.");
  await page.getByRole("button", { name: "Save as a new version" }).click();
  await page.getByText("line 1, column 17: names the unknown variable company").waitFor();
  await assertAccessible(page);
  await text.fill("Estimate. ");
  await text.press("End");
  await page.getByRole("button", { name: "Insert data_notice" }).click();
  assert.equal(await text.inputValue(), "Estimate. {{ data_notice }}");
  await page.locator("ins", { hasText: "Estimate" }).first().waitFor();
  await page.getByRole("button", { name: "Save as a new version" }).click();

  await page.getByRole("heading", { name: "Quote, version 2" }).waitFor();
  const state = page.locator(".message-state");
  await state.getByText("Not used").waitFor();
  await page.getByText("Difference to version 1").click();
  await page.locator("del", { hasText: "You prepare cost" }).first().waitFor();
  await assertAccessible(page);
  await page.getByRole("button", { name: "Promote" }).click();
  await page.getByRole("button", { name: "Promote version 2" }).click();
  await state.getByText("Active").waitFor();
  await page.getByRole("link", { name: "Version 1", exact: true }).click();
  await page.getByRole("button", { name: "Return to it" }).click();
  await page.getByRole("button", { name: "Return to version 1" }).click();
  await state.getByText("Active").waitFor();
  await page.getByRole("link", { name: "Prompts" }).last().click();
  await page.getByRole("row", { name: "Quote" }).getByRole("cell", { name: /^1 of the server/ })
    .waitFor();
});

inBrowser(
  "a version is tried on past requests, and promoted from its trial",
  async ({ page, program, open }) => {
    model.settings.reply = () => ESTIMATE;
    for (const text of ["A fence of 20 m", "A gate of 1 m"]) {
      await request(program, CREATE, { request: text });
    }
    await open("/quotes");
    await page.getByRole("row", { name: "Quoted" }).nth(1).waitFor();
    await open("/prompts");
    await page.getByRole("link", { name: "Quote", exact: true }).click();
    await page.getByRole("link", { name: "Edit" }).click();
    await page.getByRole("textbox", { name: "Text" }).fill("Estimate in oak. {{ data_notice }}");
    await page.getByRole("button", { name: "Save as a new version" }).click();
    await page.getByRole("heading", { name: "Quote, version 2" }).waitFor();

    model.settings.reply = ({ messages }) =>
      JSON.stringify(messages).includes("gate of 1 m")
        ? ESTIMATE
        : ESTIMATE.replaceAll("larch", "oak");
    await page.getByRole("button", { name: "Try …" }).click();
    await page.getByText("2 inputs").first().waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Try on 2 inputs" }).click();
    await page.getByRole("heading", { name: "Trial of version 2" }).waitFor();
    await page.getByText("The same answer").waitFor();
    await page.locator("ins", { hasText: "oak" }).first().waitFor();
    await page.getByText("Stored answer").waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Promote" }).click();
    await page.getByRole("button", { name: "Promote version 2" }).click();
    await page.getByRole("link", { name: "Quote, version 2" }).click();
    await page.locator(".message-state").getByText("Active").waitFor();
    await page.getByRole("region", { name: "Trials" }).getByRole("link", { name: "Version 2" })
      .waitFor();
  },
  VIEWPORT,
  {},
  { OPENAI_API_KEY: "sk-good", OPENAI_BASE_URL: model.baseUrl },
);
