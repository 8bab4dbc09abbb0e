import assert from "node:assert/strict";
import type { Page } from "playwright-core";
import { assertAccessible } from "../support/browser.ts";
import { inBrowser, type Scene } from "./support.ts";

const REFUSED = "550 5.1.1 No such user here";

async function openSecondTab({ page, program }: Scene, path: string): Promise<Page> {
  const tab = await page.context().newPage();
  await tab.goto(`${program.address}${path}#key=${program.key}`);
  return tab;
}

const bell = (page: Page, unread: number) =>
  page.getByRole("button", {
    name: unread === 0 ? "Notifications" : `Notifications, ${unread} unread`,
    exact: true,
  });

inBrowser(
  "two tabs show toasts of a start and of its end, and lose notifications that are read or dismissed in one",
  async (scene) => {
    const { page, smtp, open, send } = scene;
    await open("/overview");
    const second = await openSecondTab(scene, "/notifications");
    for (const tab of [page, second]) await tab.getByText("● live").waitFor();
    await second.getByText("No notifications", { exact: true }).waitFor();

    await send("July", ["ada@example.com"]);
    for (const tab of [page, second]) {
      const toasts = tab.getByRole("region", { name: "Latest events" });
      await toasts.getByText("Message “July” is being sent to 1 recipient").waitFor();
      await toasts.locator("[data-level=SUCCESS]").getByText("Message “July” was sent").waitFor();
      await bell(tab, 1).waitFor();
      const banner = tab.getByRole("region", { name: "Finished recently" });
      await banner.getByText("Message “July” was sent").waitFor();
      const screen = await tab.locator("main > :first-child").boundingBox();
      const below = await banner.boundingBox();
      assert.ok(screen && below && screen.y + screen.height <= below.y);
    }
    await second.getByRole("row", { name: "Message “July” was sent" }).waitFor();
    await assertAccessible(second);

    await bell(page, 1).click();
    await page.getByRole("listitem").filter({ hasText: "1 sent" }).waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Mark all as read" }).click();
    for (const tab of [page, second]) {
      await bell(tab, 0).waitFor();
      await tab.getByRole("region", { name: "Finished recently" }).waitFor({ state: "detached" });
    }
    await second.getByRole("row", { name: "July" }).getByText("Read", { exact: true }).waitFor();

    smtp.replies.reject = () => REFUSED;
    await send("August", ["max@example.com"]);
    const failure = second.locator("[role=alert][data-level=ERROR]", {
      hasText: "Message “August” failed",
    });
    await failure.waitFor();
    await page.getByRole("listitem").filter({ hasText: "New problem" }).waitFor();
    await bell(second, 2).waitFor();

    await second.getByRole("button", { name: "2 new" }).click();
    await page.getByRole("button", { name: "Dismiss: Message “July” was sent" }).click();
    await second.getByRole("row", { name: "July" }).waitFor({ state: "detached" });
    await page.getByRole("listitem").getByRole("link", { name: "Message “August” failed" }).click();
    await page.getByRole("heading", { name: "August" }).waitFor();
    await bell(second, 1).waitFor();

    await second.getByRole("button", { name: "Dismiss all" }).click();
    await second.getByRole("dialog").getByRole("button", { name: "Dismiss 2 notifications" })
      .click();
    await second.getByText("No notifications", { exact: true }).waitFor();
    await bell(page, 0).waitFor();
  },
);

inBrowser(
  "the settings of notifications are changed with an address, and a wrong one is refused beside its field",
  async ({ page, smtp, open, send }) => {
    await open("/notifications/settings");
    await page.getByRole("switch", { name: "Messages by mail" }).press("Space");
    await page.getByText("Nothing is mailed, because no address is known").waitFor();
    await page.getByLabel("Address for mails").fill("nobody");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("is not an email address").waitFor();
    await assertAccessible(page);
    await page.getByLabel("Address for mails").fill("operator@example.com");
    await page.getByRole("button", { name: "Save" }).click();
    await page.getByText("Saved").waitFor();
    await page.getByRole("switch", { name: "Messages in the dashboard" }).press("Space");
    await page.getByText("Nothing is mailed").waitFor({ state: "detached" });
    await page.waitForFunction(
      `!document.querySelector("[aria-label='Messages in the dashboard']").checked`,
    );

    await send("July", ["ada@example.com"]);
    await smtp.untilReceived(2);
    assert.deepEqual(smtp.received.map(({ recipient }) => recipient), [
      "ada@example.com",
      "operator@example.com",
    ]);
    await bell(page, 0).waitFor();
  },
);
