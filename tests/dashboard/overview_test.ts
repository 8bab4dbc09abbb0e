import assert from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { request } from "../support/program.ts";
import { holdReplies } from "../support/reply_hold.ts";
import { inBrowser } from "./support.ts";

const KEY = `mutation ($name: String!, $role: Role!) {
  createApiKey(input: { name: $name, role: $role, userId: $name }) {
    ... on CreateApiKeyPayload { secret } } }`;

const SEND = `mutation {
  sendMessage(input: {
    title: "Of Max", to: { list: [{ address: "max@example.com" }] }
    content: { subject: "Hello", text: "Hello" }
  }) { ... on SendMessagePayload { message { id } } }
}`;

inBrowser(
  "the overview counts what is sent and what failed, live, and its numbers lead to the lists",
  async ({ page, smtp, open, send }) => {
    smtp.replies.reject = (address) => address.startsWith("no") ? "550 5.1.1 No such user" : null;
    await open("/");
    await page.getByText("No message is being sent.").waitFor();
    await send("Mixed", ["ada@example.com", "grace@example.com", "nobody@example.com"]);
    await page.getByRole("img", { name: "Last hour by minute: 2 sent, 1 failed" }).waitFor();
    await page.locator(".series-chart canvas").waitFor();
    await page.getByRole("region", { name: "Open problems" }).getByText("No such user").waitFor();
    await page.getByRole("link", { name: "66.6%" }).waitFor();
    await assertAccessible(page);
    await page.emulateMedia({ colorScheme: "dark" });
    await assertAccessible(page);
    await page.getByRole("link", { name: "66.6%" }).click();
    await page.getByRole("row", { name: "Mixed" }).getByText("66.7%").waitFor();
    await page.getByRole("img", { name: "Attempts over time: 2 sent, 1 failed" }).waitFor();
    assert.match(page.url(), /\/deliveries\?tab=analytics&period=1h$/);
    await assertAccessible(page);
    await page.goBack();
    await page.getByRole("link", { name: "1 failed" }).click();
    await page.getByText("Failed in the last 1 hour").waitFor();
    await page.getByRole("row", { name: "nobody@example.com" }).waitFor();
    assert.equal(await page.getByRole("row", { name: "ada@example.com" }).count(), 0);
  },
);

inBrowser(
  "a member sees its own messages under way and those with failures, and no error",
  async ({ page, program, smtp, open, send }) => {
    const hold = holdReplies(smtp);
    const { createApiKey: { secret } } = await request<{ createApiKey: { secret: string } }>(
      program,
      KEY,
      { name: "max", role: "MEMBER" },
    );
    await send("Of the operator", ["ada@example.com"]);
    await open("/overview", secret);
    await page.getByText("None of your messages has failures.").waitFor();
    await request({ ...program, key: secret }, SEND);
    const underWay = page.getByRole("region", { name: "Under way" });
    await underWay.getByRole("link", { name: "Of Max" }).waitFor();
    assert.equal(await underWay.getByText("Of the operator").count(), 0);
    hold.disable();
    await underWay.getByText("No message is being sent.").waitFor();
    assert.equal(await page.getByRole("alert").count(), 0);
    await assertAccessible(page);
  },
);
