import assert from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { inBrowser } from "./support.ts";

const mjml = (text: string) =>
  `<mjml><mj-body><mj-section><mj-column>\n<mj-text>${text}</mj-text>\n</mj-column></mj-section></mj-body></mjml>`;

inBrowser(
  "a template is written in MJML, tested, changed, returned to a version, and sent",
  async ({ page, open, smtp }) => {
    await open("/templates");
    await page.getByRole("heading", { name: "No templates yet" }).waitFor();
    await assertAccessible(page);
    await page.getByRole("link", { name: "New template" }).first().click();
    await page.getByRole("heading", { name: "New template" }).waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Plan");
    await page.getByLabel("Subject").fill("Hello {{ name }}");
    const source = page.getByLabel("MJML", { exact: true }).last();
    await source.fill(mjml("Dear {{ name }}</mj-txt><mj-text>"));
    await page.getByText("line 2, column 25: </mj-txt> closes").first().waitFor();
    await assertAccessible(page);
    await source.fill(mjml("Your plan: {{ plan }}"));
    const frame = page.frameLocator("iframe");
    await frame.getByText("Your plan: {{ plan }}").waitFor();
    await page.getByLabel("plan", { exact: true }).fill("pro");
    await frame.getByText("Your plan: pro").waitFor();
    await assertAccessible(page);

    await page.getByLabel("Send a test to").fill("ada@example.com");
    await page.getByRole("button", { name: "Send test" }).click();
    await page.getByRole("status").getByText("Sent", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Save as version 1" }).click();
    await page.getByRole("heading", { name: "Plan" }).waitFor();
    await frame.getByText("Your plan: {{ plan }}").waitFor();

    await page.getByRole("link", { name: "Edit" }).click();
    await source.fill(mjml("Nothing"));
    await page.getByRole("button", { name: "Save as version 2" }).click();
    await page.getByText("Version 2", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Return to it" }).click();
    await page.getByRole("button", { name: "Save as version 3" }).click();
    await page.getByText("Version 3", { exact: true }).waitFor();
    await frame.getByText("Your plan: {{ plan }}").waitFor();
    await assertAccessible(page);

    await page.getByRole("link", { name: "Use in a message" }).click();
    await page.getByText("Sent as version 3 of Plan").waitFor();
    await page.getByLabel("Addresses").fill("grace@example.com, Grace");
    await page.getByRole("button", { name: "Send …" }).click();
    await page.getByRole("button", { name: "Send now", exact: true }).click();
    await page.getByText("has no variable plan").first().waitFor();
    await page.getByRole("button", { name: "Back" }).click();
    await page.getByRole("button", { name: "Edit a copy" }).click();
    await page.getByLabel("HTML (optional)").fill("<p>Your plan: none</p>");
    await page.getByRole("textbox", { name: "Text", exact: true }).fill("Your plan: none");
    await page.getByRole("button", { name: "Send …" }).click();
    await page.getByRole("button", { name: "Send now", exact: true }).click();
    await page.locator(".message-state").getByText("Sent", { exact: true }).waitFor();
    assert.deepEqual(
      smtp.received.map(({ recipient }) => recipient),
      ["ada@example.com", "grace@example.com"],
    );
  },
);

inBrowser("a template is renamed, archived and restored", async ({ page, open }) => {
  await open("/templates/new");
  await page.getByLabel("Name").fill("Plan");
  await page.getByLabel("Subject").fill("Hello");
  await page.getByText("Text only").click();
  await page.getByRole("textbox", { name: "Text", exact: true }).fill("Hello {{ name }}");
  await page.getByRole("button", { name: "Save as version 1" }).click();
  await page.getByRole("button", { name: "Rename" }).click();
  await page.getByRole("dialog").getByLabel("Name").fill("Greeting");
  await page.getByRole("dialog").getByRole("button", { name: "Rename" }).click();
  await page.getByRole("heading", { name: "Greeting" }).waitFor();
  await page.getByRole("button", { name: "Archive", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Archive" }).click();
  await page.locator(".message-state").getByText("Archived", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Restore" }).click();
  await page.getByRole("button", { name: "Rename" }).waitFor();
  await assertAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("row", { name: "Greeting" }).waitFor();
});
