import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { join } from "node:path";
import { assertAccessible, noBrowser, withPage } from "../support/browser.ts";
import { makeDataDir } from "../support/data_dir.ts";
import { startMetaServer } from "../support/meta.ts";
import { request, startProgram } from "../support/program.ts";
import { holdReplies } from "../support/reply_hold.ts";
import { inBrowser, VIEWPORT } from "./support.ts";

const SUPPRESS = `mutation {
  addSuppressions(input: { addresses: ["max@example.com"] }) { __typename }
}`;

inBrowser(
  "a dropped file becomes the audience of a message, whose summary counts the suppressed, and which is scheduled",
  async ({ page, program, open }) => {
    await request(program, SUPPRESS);
    await open("/compose");
    await page.getByText("Audience or CSV").click();
    await page.locator("input[type=file]").setInputFiles({
      name: "people.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("email,name\nada@example.com,Ada\nmax@example.com,Max\nnobody,N\n"),
    });
    await page.getByText("2 recipients imported, 1 row refused:").waitFor();
    await page.getByLabel("Subject").fill("Hello {{ name }}");
    await page.getByLabel("Text", { exact: true }).fill("See you");
    await page.getByText("At a time").click();
    await page.getByRole("button", { name: "Schedule …" }).click();
    await page.getByText("Choose a time in the future").waitFor();
    await page.getByLabel("Time", { exact: true }).fill("2040-01-01T10:00");
    await page.getByRole("button", { name: "Schedule …" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByText("1, left out").waitFor();
    await dialog.getByText("127.0.0.1").waitFor();
    await assertAccessible(page);
    await dialog.getByRole("button", { name: "Schedule" }).click();
    await page.locator(".message-state").getByText("Scheduled", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Cancel 2 deliveries" }).click();
    await page.locator(".message-state").getByText("Cancelled", { exact: true }).waitFor();
  },
);

inBrowser(
  "a message under way is paused, resumed, and cancelled with the number of the waiting recipients",
  async ({ page, smtp, open, send }) => {
    const hold = holdReplies(smtp);
    const addresses = Array.from({ length: 40 }, (_, n) => `ada${n}@example.com`);
    const id = await send("Long", addresses);
    await open(`/messages/${id}`);
    const state = page.locator(".message-state");
    await state.getByText("Sending", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Pause" }).click();
    await state.getByText("Paused", { exact: true }).waitFor();
    await hold.untilWaiting(1);
    hold.disable();
    await assertAccessible(page);
    hold.enable();
    await page.getByRole("button", { name: "Resume" }).click();
    await state.getByText("Sending", { exact: true }).waitFor();
    await hold.untilWaiting(1);
    await page.getByRole("button", { name: "Cancel" }).click();
    await page.getByRole("button", { name: /^Cancel \d+ deliveries$/ }).click();
    hold.disable();
    await state.getByText("Cancelled", { exact: true }).waitFor();
    assert.ok(smtp.received.length < addresses.length);
  },
);

Deno.test({
  name: "a message by Messenger is composed for page-scoped ids, without HTML, and sent",
  ignore: noBrowser,
  async fn() {
    await using meta = await startMetaServer();
    const program = await startProgram({
      DATA_DIR: join(makeDataDir(), "data"),
      MESSENGER_ACCESS_TOKEN: meta.settings.token,
      MESSENGER_BASE_URL: meta.baseUrl,
    });
    await withPage(VIEWPORT, async (page) => {
      await page.goto(`${program.address}/compose#key=${program.key}`);
      await page.getByRole("combobox", { name: "Channel" }).click();
      await page.getByRole("option", { name: "Messenger (text only)" }).click();
      await page.getByLabel("HTML (optional)").waitFor({ state: "detached" });
      await page.getByLabel("Page-scoped ids").fill("7890123456789012");
      await page.getByLabel("Subject").fill("Hello");
      await page.getByLabel("Text", { exact: true }).fill("Your order is ready");
      await assertAccessible(page);
      await page.getByRole("button", { name: "Send …" }).click();
      await page.getByRole("dialog").getByText("messenger", { exact: true }).waitFor();
      await page.getByRole("button", { name: "Send now", exact: true }).click();
      await page.locator(".message-state").getByText("Sent", { exact: true }).waitFor();
      assert.deepEqual(
        meta.received.map(({ recipient, text }) => [recipient, text]),
        [["7890123456789012", "Your order is ready"]],
      );
    });
    await program.stop();
  },
});
