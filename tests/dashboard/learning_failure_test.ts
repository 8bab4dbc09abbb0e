import { assertAccessible } from "../support/browser.ts";
import { startModelServer } from "../support/model_server.ts";
import { answerLessons, importSampleMails, SAMPLE_MAILS } from "./sample_learning.ts";
import { inBrowser } from "./support.ts";

const model = await startModelServer({ reply: answerLessons });
Deno.test.afterAll(async () => await model[Symbol.asyncDispose]());
const ENVIRONMENT = { OPENAI_API_KEY: "sk-good", OPENAI_BASE_URL: model.baseUrl };

inBrowser(
  "a banner shows why the last run has failed, until it is continued",
  async (scene) => {
    const { page, open } = scene;
    await importSampleMails(scene.program);
    await open("/learning");
    await page.getByRole("button", { name: "Start learning …" }).click();
    await page.getByRole("button", { name: `Learn from ${SAMPLE_MAILS} mails` }).click();
    const dialog = page.getByRole("dialog", { name: "Learning progress" });
    await dialog.getByText("Failed", { exact: true }).first().waitFor();
    await dialog.getByText("OPENAI_API_KEY").waitFor();
    await assertAccessible(page);
    await dialog.getByRole("button", { name: "Show the results" }).click();
    await page.getByRole("button", { name: "Back to the list" }).click();
    const banner = page.getByRole("alert").filter({ hasText: "The last learning run failed" });
    await banner.getByText("OPENAI_API_KEY").waitFor();
    await assertAccessible(page);

    await scene.restart(() => Promise.resolve(), ENVIRONMENT);
    await open("/learning");
    await banner.getByRole("link", { name: "Show the run" }).click();
    await page.getByRole("button", { name: "Continue", exact: true }).click();
    await page.locator(".message-state").getByText("Completed").waitFor();
    await page.getByRole("button", { name: "Back to the list" }).click();
    await page.getByText(`${SAMPLE_MAILS} learned`, { exact: true }).waitFor();
    await banner.waitFor({ state: "detached" });
  },
);
