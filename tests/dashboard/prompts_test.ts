import assert from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { inBrowser } from "./support.ts";

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
  await page.getByRole("cell", { name: /^1 of the server/ }).waitFor();
});
