import assert from "node:assert/strict";
import { join } from "node:path";
import { assertAccessible } from "../support/browser.ts";
import { request } from "../support/program.ts";
import { inBrowser, VIEWPORT } from "./support.ts";

const SEND = `mutation {
  sendMessage(input: {
    title: "After the backup"
    to: { list: [{ address: "ada@example.com" }, { address: "grace@example.com" }] }
    content: { subject: "Hello", text: "Hello" }
  }) { ... on SendMessagePayload { message { id } } }
}`;

inBrowser(
  "a lane that one browser pauses is shown paused in another, with the person, and resumes",
  async ({ page, program, open }) => {
    const other = await page.context().newPage();
    await other.goto(`${program.address}/overview#key=${program.key}`);
    await other.getByRole("region", { name: "Lanes" }).getByText("Bulk").waitFor();
    await open("/installation");
    await page.getByRole("button", { name: "Pause lane Bulk" }).click();
    await other.getByText(/Paused by .+/).waitFor();
    await page.getByRole("textbox", { name: "Slots per process of lane AI" }).fill("7");
    await page.getByRole("button", { name: "Set 7" }).click();
    await page.getByText("AI 0/7").waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Resume lane Bulk" }).click();
    await other.getByText(/Paused by .+/).waitFor({ state: "detached" });
  },
);

inBrowser(
  "a refused login pauses a message, which continues once the password is replaced",
  async ({ page, smtp, open, send }) => {
    await open("/installation?tab=providers");
    await page.getByText("Healthy", { exact: true }).waitFor();
    smtp.replies.login = { user: "waybill", password: "changed" };
    await send("Paused by a login", ["ada@example.com"]);
    await page.getByText(/Failing since/).waitFor();
    await page.getByText("535 5.7.8 Authentication credentials invalid").first().waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Credentials and limit" }).click();
    await page.getByLabel("User").fill("waybill");
    await page.getByLabel("Password", { exact: true }).fill("changed");
    await page.getByRole("button", { name: "Replace", exact: true }).click();
    await page.getByText("1 message resumed").waitFor();
    await smtp.untilReceived(1);
    await assertAccessible(page);
    await page.keyboard.press("Escape");
    await page.getByText("Healthy", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Disable" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Disable" }).click();
    await page.getByText("Disabled").waitFor();
  },
  VIEWPORT,
  { login: { user: "waybill", password: "first" } },
);

inBrowser(
  "an organization is created, renamed and deleted by typing its name, with the progress of the job",
  async ({ page, program, open }) => {
    await open("/installation?tab=organizations");
    await page.getByRole("button", { name: "Create an organization" }).click();
    await page.getByRole("button", { name: "Create", exact: true }).click();
    await page.locator(".mantine-InputWrapper-error").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Acme");
    await page.getByRole("button", { name: "Create", exact: true }).click();
    const secret = await page.locator(".secret").textContent() ?? "";
    const { viewer } = await request<{ viewer: { role: string } }>(
      { ...program, key: secret },
      "{ viewer { role } }",
    );
    assert.equal(viewer.role, "ADMIN");
    await page.getByRole("button", { name: "Done" }).click();

    const admin = await page.context().newPage();
    await admin.goto(`${program.address}/organization#key=${secret}`);
    await admin.getByLabel("Replies go to").fill("office@acme.example");
    await admin.getByRole("button", { name: "Save" }).click();
    await admin.getByText("Saved").waitFor();
    assert.equal(await admin.getByRole("link", { name: "Installation" }).count(), 0);
    await assertAccessible(admin);
    await admin.close();

    await page.getByRole("row", { name: "Acme" }).click();
    await page.getByLabel("Sender address").fill("not an address");
    await page.getByRole("button", { name: "Save" }).click();
    await page.locator(".mantine-InputWrapper-error").waitFor();
    await page.getByLabel("Name", { exact: true }).fill("Acme Ltd");
    await page.getByLabel("Sender address").fill("news@acme.example");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").waitFor();
    await assertAccessible(page);

    const remove = page.getByRole("button", { name: /^Delete Acme Ltd/ });
    await page.getByLabel(/^Type/).fill("Acme");
    assert.ok(await remove.isDisabled());
    await page.getByLabel(/^Type/).fill("Acme Ltd");
    await remove.click();
    await page.getByText(/The organization is deleted/).waitFor();
    await page.getByRole("row", { name: "Acme Ltd" }).waitFor({ state: "detached" });
    await assertAccessible(page);
  },
);

inBrowser(
  "a restored database is on hold, says what would go out, and sends it after the release",
  async ({ page, program, smtp, dataDir, open, restart }) => {
    await open("/installation");
    await page.getByText("● live").waitFor();
    await restart(() => raiseWitness(join(dataDir, "witness")));
    await page.getByText("The database is older than before").waitFor();
    await request(program, SEND);
    await page.getByText("1 message to 2 recipients of all organizations").waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Release …" }).click();
    await page.getByRole("button", { name: "Release and send to 2" }).click();
    await smtp.untilReceived(2);
    await page.getByText("On hold since").waitFor({ state: "detached" });
  },
);

// A file that is ahead of the database means that an older state of the database was restored.
async function raiseWitness(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) {
    const path = join(folder, name);
    const content = JSON.parse(await Deno.readTextFile(path));
    await Deno.writeTextFile(path, JSON.stringify({ ...content, witness: content.witness + 1e6 }));
  }
}
