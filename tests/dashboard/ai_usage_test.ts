import { assertAccessible } from "../support/browser.ts";
import { request } from "../support/program.ts";
import { insertAiCalls, refuseAiCall } from "./ai_calls.ts";
import { inBrowser } from "./support.ts";

inBrowser(
  "AI usage shows cost by purpose and model; a budget and a price can be set",
  async (scene) => {
    const { page, open, restart, dataDir } = scene;
    await open("/ai-usage");
    await page.getByText("The model was not called in this period").waitFor();
    await page.getByText("No daily budget is set").waitFor();
    await restart(() => insertAiCalls(dataDir));
    await open("/ai-usage");
    const today = page.getByRole("region", { name: "Today (UTC)" });
    await today.getByText("The cost of 2 calls is unknown.").waitFor();
    const row = (name: string) => page.getByRole("row", { name });
    await row("Prompt trial").getByText("20", { exact: true }).waitFor();
    await row("llama3.2").getByText("unknown").waitFor();
    const failures = page.getByRole("region", { name: "Newest failed calls" });
    await failures.getByText("Rate limit reached for requests").first().waitFor();
    await assertAccessible(page);

    await row("llama3.2").getByRole("button", { name: "Set …" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Input, USD per million tokens", { exact: true }).fill("0");
    await dialog.getByLabel("Output, USD per million tokens").fill("0");
    await assertAccessible(page);
    await dialog.getByRole("button", { name: "Set the price" }).click();
    await row("llama3.2").getByText("$0.00, $0.00, $0.00").waitFor();

    await today.getByRole("button", { name: "Set a budget …" }).click();
    await dialog.getByLabel("Limit per day in USD").fill("0.05");
    await dialog.getByLabel("Warn ADMINs at, in percent").fill("50");
    await assertAccessible(page);
    await dialog.getByRole("button", { name: "Save" }).click();
    await today.getByText(/of \$0\.05 spent/).waitFor();
    await assertAccessible(page);

    await restart(() => refuseAiCall(dataDir));
    await open("/overview");
    const panel = page.getByRole("region", { name: "AI today" });
    await panel.getByText("Paused").waitFor();
    await assertAccessible(page);
    await panel.getByRole("link", { name: "AI usage" }).click();
    await today.getByText("The next request may exceed the remaining budget.").waitFor();

    // Another person removes it: the page follows.
    const remove = `mutation { updateBudget(input: { perDay: null }) { __typename } }`;
    await request(scene.program, remove);
    await today.getByText("No daily budget is set").waitFor();
  },
);
