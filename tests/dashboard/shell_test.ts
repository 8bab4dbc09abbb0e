import assert from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { request } from "../support/program.ts";
import { inBrowser } from "./support.ts";

const MAX_SCRIPT_BYTES = 250_000;

inBrowser(
  "an open page says that the server is down, and is right again after the restart without a reload",
  async ({ page, open, send, restart }) => {
    await send("Before", ["ada@example.com"]);
    await open("/messages");
    await page.getByRole("row", { name: "Before" }).waitFor();
    await restart(async () => {
      await page.getByText("reconnecting…").waitFor();
      await page.getByRole("row", { name: "Before" }).waitFor();
    });
    await send("After", ["ada@example.com"]);
    await page.getByText("● live").waitFor();
    await page.getByRole("row", { name: "After" }).or(page.getByRole("button", { name: "1 new" }))
      .first()
      .waitFor();
  },
);

inBrowser(
  "new rows wait behind a button, so that no row moves",
  async ({ page, open, send }) => {
    await send("First", ["ada@example.com"]);
    await open("/messages");
    await page.getByRole("row", { name: "First" }).waitFor();
    await send("Second", ["ada@example.com"]);
    await page.getByRole("button", { name: "1 new" }).click();
    const titles = await page.locator(".list-body strong").allTextContents();
    assert.deepEqual(titles, ["Second", "First"]);
    await assertAccessible(page);
  },
);

inBrowser(
  "the key of a first-start link leaves the address, and a member sees no screen of administrators",
  async ({ page, program, open }) => {
    await open("/messages");
    await page.getByRole("link", { name: "API keys" }).waitFor();
    assert.equal(page.url(), `${program.address}/messages`);
    const { createApiKey } = await request<{ createApiKey: { secret: string } }>(
      program,
      `mutation { createApiKey(input: { name: "max", role: MEMBER, userId: "max" }) {
        ... on CreateApiKeyPayload { secret } } }`,
    );
    await page.getByRole("link", { name: "API keys" }).click();
    await page.getByRole("cell", { name: "max" }).first().waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Your account" }).click();
    await page.getByRole("menuitem", { name: "Sign out" }).click();
    await page.getByLabel("API key").fill(createApiKey.secret);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("does not exist").waitFor();
    assert.equal(await page.getByRole("link", { name: "API keys" }).count(), 0);
  },
);

inBrowser(
  "a row is a link, which opens in a new tab without a sign-in, and keys move the focus between rows",
  async ({ page, open, send }) => {
    await send("First", ["ada@example.com"]);
    await open("/messages");
    const link = page.getByRole("link", { name: "First", exact: true });
    const [tab] = await Promise.all([
      page.context().waitForEvent("page"),
      link.click({ modifiers: ["ControlOrMeta"] }),
    ]);
    await tab.getByRole("heading", { name: "First" }).waitFor();
    await tab.close();
    await page.keyboard.press("j");
    assert.equal(await page.locator(":focus").textContent(), "First");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "First" }).waitFor();
    assert.equal(await page.title(), "First · Waybill");
    await page.keyboard.press("Escape");
    await page.getByRole("heading", { name: "Messages" }).waitFor();
    assert.equal(await page.title(), "Messages · Waybill");
  },
);

inBrowser(
  "a screen that is opened while the server is down appears once the server is back",
  async ({ page, open, restart }) => {
    await open("/messages");
    await page.getByText("● live").waitFor();
    await restart(async () => {
      await page.getByText("reconnecting…").waitFor();
      await page.getByRole("link", { name: "Suppressions" }).click();
    });
    await page.getByRole("heading", { name: "No address is suppressed" }).waitFor();
    assert.equal(await page.getByText("This screen failed").count(), 0);
  },
);

inBrowser(
  "a revoked key ends the session with the reason, and an unknown id has its own page",
  async ({ page, program, open }) => {
    await open("/messages/msg_01h45ytscbebyvny4gc8cr8ma2");
    await page.getByRole("heading", { name: "This message does not exist" }).waitFor();
    const { createApiKey: { secret, apiKey } } = await request<
      { createApiKey: { secret: string; apiKey: { id: string } } }
    >(
      program,
      `mutation { createApiKey(input: { name: "short", role: ADMIN }) {
        ... on CreateApiKeyPayload { secret apiKey { id } } } }`,
    );
    await page.goto("about:blank");
    await open("/messages", secret);
    await page.getByText("● live").waitFor();
    await request(program, `mutation ($id: ID!) { revokeApiKey(id: $id) { __typename } }`, {
      id: apiKey.id,
    });
    await page.getByText("it was revoked, has expired").waitFor();
  },
);

inBrowser(
  "the first view loads less than 250 KB of compressed script, and nothing from elsewhere",
  async ({ page, program, open }) => {
    let bytes = 0;
    page.on("response", async (response) => {
      assert.equal(new URL(response.url()).origin, program.address);
      if (!response.url().endsWith(".js")) return;
      bytes += (await response.request().sizes()).responseBodySize;
    });
    await open("/messages");
    await page.getByText("No messages yet").waitFor();
    await page.waitForLoadState("networkidle");
    assert.ok(bytes > 0 && bytes < MAX_SCRIPT_BYTES, `${bytes} bytes`);
  },
);
