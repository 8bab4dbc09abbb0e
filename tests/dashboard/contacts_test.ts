import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { assertAccessible } from "../support/browser.ts";
import { request } from "../support/program.ts";
import { inBrowser } from "./support.ts";

const FILE = `email,name,psid,vip,plan
ada@example.com,Ada Lovelace,100,yes,pro
grace@example.com,Grace Hopper,,,free
max@example.com,Max,,,free
nobody,,,,
`;

inBrowser(
  "contacts are imported, picked in compose, shown with a timeline, and erased",
  async ({ page, program, smtp, open, send }) => {
    await open("/contacts");
    await page.getByRole("heading", { name: "No contacts yet" }).waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Import a file" }).first().click();
    await page.locator("input[type=file]").setInputFiles({
      name: "people.csv",
      mimeType: "text/csv",
      buffer: Buffer.from(FILE),
    });
    await page.getByText("3 contacts added, 1 row refused:").waitFor();
    await assertAccessible(page);
    await page.keyboard.press("Escape");

    await page.getByRole("row", { name: "Max" }).click();
    await page.getByRole("button", { name: "Unsubscribe" }).click();
    await page.getByRole("row", { name: "Unsubscribed max@example.com" }).waitFor();
    await page.getByRole("button", { name: "Subscribe again" }).waitFor();
    await assertAccessible(page);
    await page.keyboard.press("Escape");

    await open("/compose");
    await page.getByText("Contacts", { exact: true }).last().click();
    await page.getByText("2 recipients · 1 unsubscribed or suppressed").waitFor();
    await page.getByLabel("Contacts that you pick").check();
    await page.getByText("Pick at least one contact.").waitFor();
    await page.getByLabel("Search contacts").fill("love");
    await page.getByRole("row", { name: "Grace" }).waitFor({ state: "detached" });
    await page.getByLabel("Select Ada Lovelace").check();
    await page.getByText("1 recipient", { exact: true }).waitFor();
    await assertAccessible(page);
    await page.getByLabel("Subject").fill("Hello {{ name }}");
    await page.getByText("Hello Ada Lovelace", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Send …" }).click();
    await page.getByRole("button", { name: "Send now", exact: true }).click();
    await page.locator(".message-state").getByText("Sent", { exact: true }).waitFor();
    assert.deepEqual(smtp.received.map(({ recipient }) => recipient), ["ada@example.com"]);

    await open("/contacts?q=ada");
    await page.getByRole("row", { name: "Ada Lovelace" }).click();
    await page.getByRole("link", { name: '"Hello {{ name }}" was sent' }).waitFor();
    await send("July", ["ada@example.com"]);
    await page.getByRole("button", { name: "2 new" }).click();
    await page.getByRole("link", { name: '"July" was sent' }).waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Erase" }).click();
    await page.getByRole("button", { name: "Erase 1 contact" }).click();
    await page.getByRole("row", { name: "Grace Hopper" }).waitFor();
    assert.equal(await page.getByRole("row", { name: "Ada Lovelace" }).count(), 0);
    const { contacts } = await request<{ contacts: { totalCount: number } }>(
      program,
      "{ contacts { totalCount } }",
    );
    assert.equal(contacts.totalCount, 2);
  },
);

const CREATE_CAMPAIGN = `mutation ($input: CreateCampaignInput!) {
  createCampaign(input: $input) { __typename ... on Error { reason } }
}`;

inBrowser(
  "an import names the campaigns that its contacts have received already",
  async ({ page, program, open }) => {
    const content = { subject: "Hello", text: "Hello" };
    const date = { trigger: "DATE", sendAt: "2099-01-01T00:00:00Z" };
    const campaigns = [
      { name: "Old offer", type: "old", ...date },
      { name: "New offer", type: "new", ...date },
      { name: "Welcome", type: "welcome", trigger: "SIGNUP" },
    ];
    for (const campaign of campaigns) {
      const { createCampaign } = await request<{ createCampaign: { __typename: string } }>(
        program,
        CREATE_CAMPAIGN,
        { input: { ...campaign, content } },
      );
      assert.equal(createCampaign.__typename, "CreateCampaignPayload");
    }
    await open("/contacts");
    await page.getByRole("button", { name: "Import a file" }).first().click();
    await page.getByRole("combobox", { name: /Campaigns that they have received already/ }).press(
      "ArrowDown",
    );
    await page.getByRole("option", { name: "Old offer" }).click();
    await page.keyboard.press("Escape");
    await page.getByLabel("Send the welcome").check();
    await assertAccessible(page);
    await page.locator("input[type=file]").setInputFiles({
      name: "people.csv",
      mimeType: "text/csv",
      buffer: Buffer.from("email\nada@example.com\n"),
    });
    await page.getByText("1 contact added").waitFor();
    const created = await request<
      { campaigns: { nodes: { name: string; stats: { total: number } }[] } }
    >(program, "{ campaigns { nodes { name stats { total } } } }");
    assert.deepEqual(
      created.campaigns.nodes.map(({ name, stats }) => [name, stats.total]),
      [["Welcome", 1], ["New offer", 1], ["Old offer", 0]],
    );
  },
);
