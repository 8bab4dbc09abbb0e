import assert from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { request } from "../support/program.ts";
import { insertBrokenJobs } from "./broken_jobs.ts";
import { inBrowser } from "./support.ts";

inBrowser(
  "a failed job is found by its error, runs again with a corrected payload, and the others are retried",
  async ({ page, open, restart, dataDir }) => {
    await restart(() => insertBrokenJobs(dataDir, 3));
    await open("/jobs");
    await page.getByText("3 found").waitFor();
    await page.getByText("Completed", { exact: true }).click();
    await page.getByText("No job matches").waitFor();
    await page.getByText("Completed", { exact: true }).click();
    await page.getByText("Failed", { exact: true }).first().click();
    await page.getByRole("button", { name: "More filters" }).click();
    await page.getByRole("combobox", { name: "Error type" }).fill("inv");
    await page.getByRole("option", { name: "INVALID_PAYLOAD" }).click();
    await page.waitForURL(/status=FAILED&error=INVALID_PAYLOAD$/);
    await page.reload();
    await page.getByText("3 found").waitFor();
    await assertAccessible(page);

    await page.locator(".list-body [role=row]").first().click();
    await page.getByText("Attempt 1 failed: payload.daysToKeep: is missing").waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Run again …" }).click();
    await page.getByText("JSON", { exact: true }).click();
    await page.getByRole("textbox", { name: "Payload", exact: true }).fill(
      `{ "daysToKeep": -1, "days": 3 }`,
    );
    await page.getByRole("button", { name: "Start the new job" }).click();
    await page.getByText("is not a known field").waitFor();
    await page.getByRole("button", { name: "daysToKeep" }).waitFor();
    await assertAccessible(page);
    await page.getByRole("textbox", { name: "Payload", exact: true }).fill("{}");
    await page.getByText("Form", { exact: true }).click();
    await page.getByLabel("daysToKeep").fill("30");
    await page.getByRole("button", { name: "Start the new job" }).click();
    await page.locator(".message-state").getByText("Completed").waitFor();
    await page.getByText("Copy of", { exact: true }).waitFor();

    await open("/jobs?kind=CLEANUP_DELIVERIES&status=FAILED");
    await page.getByRole("button", { name: "Retry failed (3) …" }).click();
    await page.getByText("3 failed jobs match the filter").waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Retry 3" }).click();
    await page.getByText("3 jobs queued.").waitFor();
    await open("/jobs/analytics?period=1h");
    await page.getByRole("row", { name: "Cleanup deliveries 1 6" }).waitFor();
    await page.getByRole("img", { name: "1 completed, 6 failed" }).waitFor();
    await assertAccessible(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await assertAccessible(page);
    await page.getByRole("link", { name: "6" }).click();
    await page.locator(".list-body [role=row]").first().click();
    await page.getByRole("heading", { name: "Attempts" }).waitFor();
    await assertAccessible(page);
  },
);

inBrowser(
  "a job is started for later from the form of its kind, shows why it waits, and is cancelled " +
    "after a question",
  async ({ page, open, program }) => {
    await open("/jobs");
    await page.getByText("No jobs yet").waitFor();
    await page.getByRole("link", { name: "Start a job" }).first().click();
    await page.getByRole("combobox", { name: "Kind" }).click();
    await page.getByRole("option", { name: "Cleanup deliveries" }).click();
    await page.getByLabel("daysToKeep").fill("99999");
    await page.getByLabel("Start at").fill("2040-01-01T10:00");
    await page.getByRole("button", { name: "Start the job" }).click();
    await page.getByText("is above 36,500").waitFor();
    await assertAccessible(page);
    await page.getByLabel("daysToKeep").fill("30");
    await page.getByRole("button", { name: "Start the job" }).click();
    await page.getByText("Starts at 2040-01-01").waitFor();
    await page.getByRole("button", { name: "Run now" }).waitFor();
    await page.getByRole("button", { name: "Cancel", exact: true }).click();
    await page.getByRole("button", { name: "Cancel the job Cleanup deliveries" }).click();
    await page.locator(".message-state").getByText("Cancelled").waitFor();

    const { createApiKey } = await request<{ createApiKey: { secret: string } }>(
      program,
      `mutation { createApiKey(input: { name: "max", role: MEMBER, userId: "max" }) {
        ... on CreateApiKeyPayload { secret } } }`,
    );
    await page.goto("about:blank");
    await open("/jobs", createApiKey.secret);
    await page.getByText("No jobs yet").waitFor();
    assert.equal(await page.getByRole("link", { name: "Start a job" }).count(), 0);
  },
);
