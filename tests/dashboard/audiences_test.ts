import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { Page } from "playwright-core";
import { assertAccessible } from "../support/browser.ts";
import { request } from "../support/program.ts";
import { inBrowser } from "./support.ts";

async function drop(page: Page, name: string, text: string): Promise<void> {
  await page.locator("input[type=file]").setInputFiles({
    name,
    mimeType: "text/csv",
    buffer: Buffer.from(text),
  });
}

inBrowser(
  "a file becomes an audience, more is added to it, and it is renamed and deleted",
  async ({ page, program, open }) => {
    await open("/audiences");
    await page.getByRole("heading", { name: "No audiences yet" }).waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Import a file" }).first().click();
    await drop(page, "people.csv", "Kundenmail,Plan\nada@example.com,pro\nnobody,pro\n");
    await page.getByText("The file was refused").waitFor();
    await assertAccessible(page);
    await page.getByLabel("Columns").fill("address:Kundenmail");
    await page.getByRole("button", { name: "Upload again" }).click();
    await page.getByText("1 recipient imported, 1 row refused:").waitFor();
    await page.getByText("Line 3:").waitFor();
    await page.keyboard.press("Escape");

    await page.getByRole("row", { name: "people" }).click();
    await page.getByRole("row", { name: "ada@example.com" }).getByText("plan: pro").waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Add recipients" }).click();
    await drop(page, "more.csv", "email\nADA@example.com\ngrace@example.com\n");
    await page.getByText("1 recipient imported, 1 duplicate left out").waitFor();
    await page.keyboard.press("Escape");
    await page.getByLabel("Search address or name").fill("grace");
    await page.getByRole("row", { name: "ada@example.com" }).waitFor({ state: "detached" });
    await page.getByRole("row", { name: "grace@example.com" }).waitFor();

    await page.getByRole("button", { name: "Rename" }).click();
    await page.getByLabel("Name", { exact: true }).fill("");
    await page.getByRole("button", { name: "Rename", exact: true }).last().click();
    await page.locator("[aria-invalid=true]").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Customers");
    await page.getByRole("button", { name: "Rename", exact: true }).last().click();
    await page.getByRole("heading", { name: "Customers" }).waitFor();
    await page.getByRole("button", { name: "Delete", exact: true }).click();
    await page.getByRole("button", { name: "Delete 2 recipients" }).click();
    await page.getByRole("heading", { name: "No audiences yet" }).waitFor();
    const { audiences } = await request<{ audiences: { totalCount: number } }>(
      program,
      "{ audiences { totalCount } }",
    );
    assert.equal(audiences.totalCount, 0);
  },
);

inBrowser(
  "addresses are suppressed, filtered by reason, imported, and removed",
  async ({ page, open }) => {
    await open("/suppressions");
    await page.getByRole("heading", { name: "No address is suppressed" }).waitFor();
    await page.getByRole("button", { name: "Suppress addresses" }).click();
    await page.getByLabel("Email addresses").fill("ada@example.com nobody");
    await page.getByRole("button", { name: "Suppress 2" }).click();
    await page.getByText("nobody: ").waitFor();
    await assertAccessible(page);
    await page.getByLabel("Email addresses").fill("ada@example.com");
    await page.getByRole("button", { name: "Suppress 1" }).click();
    await page.getByRole("row", { name: "ada@example.com Manual" }).waitFor();

    await page.getByRole("button", { name: "Import" }).click();
    await drop(page, "list.csv", "email,reason\ngrace@example.com,hard_bounce\nx,hard_bounce\n");
    await page.getByText("1 address added, 1 row refused:").waitFor();
    await page.keyboard.press("Escape");
    await page.getByRole("row", { name: "grace@example.com Bounced" }).waitFor();
    await assertAccessible(page);

    await page.getByText("Bounced", { exact: true }).first().click();
    await page.getByRole("row", { name: "ada@example.com" }).waitFor({ state: "detached" });
    await page.getByLabel("Select grace@example.com, Bounced").check();
    await page.getByRole("button", { name: "Remove selected (1)" }).click();
    await page.getByRole("button", { name: "Remove 1 entry" }).click();
    await page.getByRole("heading", { name: "No entry matches" }).waitFor();
  },
);
