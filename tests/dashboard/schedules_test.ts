import { assertAccessible } from "../support/browser.ts";
import { inBrowser } from "./support.ts";

inBrowser(
  "a schedule is created, run, paused and edited, and its history is live",
  async ({ page, open }) => {
    await open("/schedules");
    const row = (name: string) => page.getByRole("row", { name });
    await row("cleanup").getByText("At 02:00").waitFor();
    await row("send-due").getByText("Every minute").waitFor();
    await assertAccessible(page);

    await page.getByRole("button", { name: "New schedule" }).click();
    const dialog = page.getByRole("dialog");
    await dialog.getByLabel("Name").fill("monthly cleanup");
    await dialog.getByRole("combobox", { name: "Kind" }).fill("Cleanup deliveries");
    await page.getByRole("option", { name: "Cleanup deliveries" }).click();
    await dialog.getByLabel("daysToKeep").fill("60");
    await dialog.getByLabel("Cron expression").fill("0 25 * * *");
    await dialog.getByText("is not a cron expression of five fields").waitFor();
    await dialog.getByLabel("Cron expression").fill("0 4 1 * *");
    await dialog.getByText("At 04:00, on day 1 of the month").waitFor();
    await assertAccessible(page);
    await dialog.getByRole("button", { name: "Create the schedule" }).click();

    await page.getByRole("heading", { name: "monthly cleanup" }).waitFor();
    await page.getByText("It has not run yet.").waitFor();
    await page.getByRole("button", { name: "Run now" }).click();
    await page.getByText("Started").waitFor();
    const history = page.getByRole("region", { name: "History" });
    await history.getByText("run by hand").waitFor();
    await history.getByText("Completed").waitFor();
    await assertAccessible(page);

    await page.getByRole("button", { name: "Pause" }).click();
    await page.locator(".object-state").getByText("Paused").waitFor();
    await page.getByRole("button", { name: "Edit …" }).click();
    await dialog.getByLabel("Cron expression").fill("30 5 * * 1-5");
    await dialog.getByText("At 05:30, Monday through Friday").waitFor();
    await dialog.getByRole("button", { name: "Save" }).click();
    await page.locator(".page").getByText("At 05:30, Monday through Friday").waitFor();
    await page.getByRole("button", { name: "Enable" }).click();
    await page.locator(".object-state").getByText("Enabled").waitFor();

    await page.getByRole("button", { name: "Delete …" }).click();
    await dialog.getByRole("button", { name: "Delete 1 schedule" }).click();
    await row("cleanup").first().waitFor();
    await page.getByText("monthly cleanup").waitFor({ state: "detached" });
  },
);
