import { match, ok, strictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { assertAccessible } from "../support/browser.ts";
import { halves, png } from "../support/images.ts";
import { startModelServer } from "../support/model_server.ts";
import { ESTIMATE } from "../support/quotes.ts";
import { inBrowser, VIEWPORT } from "./support.ts";

const model = await startModelServer();
Deno.test.afterAll(async () => await model[Symbol.asyncDispose]());
const ENVIRONMENT = { OPENAI_API_KEY: "sk-good", OPENAI_BASE_URL: model.baseUrl };

inBrowser(
  "a request with an image is answered by the model, live, and processed again",
  async ({ page, open }) => {
    const answer = Promise.withResolvers<string>();
    model.settings.reply = () => answer.promise;
    await open("/quotes");
    await page.getByRole("button", { name: "New quote" }).first().click();
    await page.getByRole("textbox", { name: "Customer", exact: true }).fill("Ada Lovelace");
    await page.getByRole("textbox", { name: "Email", exact: true }).fill("ada@example.com");
    await page.getByRole("textbox", { name: "Request", exact: true }).fill("A fence of 20 m");
    await page.locator("input[type=file]").setInputFiles({
      name: "fence.png",
      mimeType: "image/png",
      buffer: Buffer.from(await png(halves(300, 200))),
    });
    await page.getByRole("button", { name: "Create quote" }).click();

    await page.locator(".message-state").getByText("Processing").waitFor();
    await page.getByText("Locked").waitFor();
    await page.getByRole("button", { name: "Take over …" }).waitFor();
    await assertAccessible(page);
    answer.resolve(ESTIMATE);
    await page.locator(".message-state").getByText("Quoted").waitFor();
    await page.getByRole("row", { name: "Fence of larch 20 €85.00 €1,700.00" }).waitFor();
    await page.getByRole("row", { name: "Total €2,000.00" }).waitFor();
    await page.getByRole("link", { name: "Process quote completed" }).waitFor();
    await assertAccessible(page);
    // The model got the image data, because it has no key to read it.
    const [asked] = model.asks;
    match(JSON.stringify(asked?.messages), /"url":"data:image\/jpeg;base64,/);

    model.settings.reply = () => ESTIMATE.replaceAll("larch", "oak");
    await page.getByRole("button", { name: "Process again …" }).click();
    await page.getByText("A new estimate replaces the one that is shown").waitFor();
    await page.getByText("Existing mails are not sent again.").waitFor();
    await assertAccessible(page);
    await page.getByLabel("Mail the customer and the admin again").check();
    await page.getByRole("button", { name: "Process again and mail" }).waitFor();
    await page.getByLabel("Mail the customer and the admin again").uncheck();
    await page.getByRole("button", { name: "Process again", exact: true }).click();
    await page.getByRole("row", { name: "Fence of oak" }).waitFor();
  },
  VIEWPORT,
  {},
  ENVIRONMENT,
);

inBrowser(
  "a quote that the model refuses shows the reason, and pending ones are processed together",
  async ({ page, program, open }) => {
    const asked = model.asks.length;
    model.settings.reply = () => "This is no estimate";
    await open("/quotes");
    for (const name of ["Ada", "Grace"]) {
      await page.getByRole("button", { name: "New quote" }).first().click();
      await page.getByRole("textbox", { name: "Customer", exact: true }).fill(name);
      await page.getByRole("textbox", { name: "Email", exact: true }).fill("ada@example.com");
      await page.getByRole("textbox", { name: "Request", exact: true }).fill("Two oak tables");
      await page.getByLabel("Process it now").uncheck();
      await page.getByRole("button", { name: "Create quote" }).click();
      await page.getByRole("heading", { name, exact: true }).waitFor();
      await page.keyboard.press("Escape");
    }
    strictEqual(model.asks.length, asked);
    await page.getByRole("tab", { name: "Pending 2" }).waitFor();
    await page.getByRole("button", { name: "Actions" }).click();
    await assertAccessible(page);
    await page.getByRole("menuitem", { name: "Process up to 20 pending quotes" }).click();
    await page.getByText("2 quotes started.").waitFor();
    await page.getByRole("tab", { name: "Failed 2" }).click();
    await page.getByRole("row", { name: "Grace" }).click();
    await page.getByRole("alert").getByText("The model made no estimate").waitFor();
    await assertAccessible(page);

    model.settings.reply = () => ESTIMATE;
    await page.getByRole("button", { name: "Process now" }).click();
    await page.getByRole("row", { name: "Total €2,000.00" }).waitFor();
    ok(model.asks.length > asked);
    await page.goto(`${program.address}/quotes`);
    await page.getByRole("tab", { name: "Quoted 1" }).waitFor();
    await page.getByRole("button", { name: "Actions" }).click();
    await page.getByRole("menuitem", { name: "Release stale locks" }).click();
    await page.getByText("No lock is stale.").waitFor();
  },
  VIEWPORT,
  {},
  ENVIRONMENT,
);
