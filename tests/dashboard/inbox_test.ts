import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { replyAnswer } from "../support/inbox.ts";
import { SECRET } from "../support/inbound_mail.ts";
import { holdAnswers, startModelServer } from "../support/model_server.ts";
import { postMail } from "./sample_inbox.ts";
import { answer, MAIL, SUGGESTED } from "./suggested_reply.ts";
import { inBrowser, VIEWPORT } from "./support.ts";

const model = await startModelServer();
Deno.test.afterAll(async () => await model[Symbol.asyncDispose]());
const ENVIRONMENT = {
  OPENAI_API_KEY: "sk-good",
  OPENAI_BASE_URL: model.baseUrl,
  WEBHOOK_SECRET: SECRET,
};

inBrowser(
  "a mail arrives live, its suggestion streams in, is edited and sent in its thread",
  async ({ page, program, smtp, open }) => {
    Object.assign(model.settings, { reply: answer, tokenMs: 150 });
    await open("/inbox");
    await page.getByRole("heading", { name: "No mail waits for an answer" }).waitFor();
    await assertAccessible(page);
    await postMail(program, MAIL);
    await page.getByRole("link", { name: "Inbox 1" }).waitFor();
    await page.keyboard.press("j");
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "Where is my order?" }).waitFor();
    await page.getByText("The model begins a few seconds after the last mail").waitFor();
    await page.getByRole("link", { name: "https://example.com/orders/1001?from=mail" }).waitFor();
    await page.locator(".inbox-text", { hasText: "<img src=x onerror=alert(1)>" }).waitFor();
    strictEqual(await page.locator(".mail img").count(), 0);
    strictEqual(await page.getByText("Rear Admiral").count(), 0);
    await page.getByRole("button", { name: "Show quotes and signature" }).click();
    await page.locator(".inbox-text", { hasText: "Rear Admiral" }).waitFor();

    await page.locator("[data-writing]", { hasText: "Hello Grace" }).waitFor();
    strictEqual(await page.getByRole("textbox", { name: "Text of the reply" }).count(), 0);
    const text = page.getByRole("textbox", { name: "Text of the reply" });
    await text.waitFor();
    strictEqual(await text.inputValue(), SUGGESTED);
    await page.getByText("90% sure · delivery").waitFor();
    await page.getByText("The model did not know: number of the order").waitFor();
    await page.getByRole("button", { name: "Mail Where is my order?" }).click();
    await page.locator("[role=dialog] button:focus", { hasText: "Show in the thread" }).waitFor();
    await assertAccessible(page);
    await page.keyboard.press("Enter");
    await page.locator(".mail summary:focus", { hasText: "Grace Hopper" }).waitFor();

    await page.keyboard.press("Shift+?");
    await page.getByRole("row", { name: "e Edit the reply" }).waitFor();
    await page.keyboard.press("Escape");
    await page.keyboard.press("g");
    await page.keyboard.press("u");
    await page.getByRole("heading", { name: "AI usage" }).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: "Good suggestion", pressed: false }).waitFor();
    await page.keyboard.press("u");
    await page.getByLabel("What is good about it?").fill("It asks for the number.");
    await page.getByRole("button", { name: "Save the comment" }).click();
    await page.getByRole("button", { name: "Good suggestion", pressed: true }).waitFor();

    model.settings.tokenMs = 0;
    await page.keyboard.press("r");
    await assertAccessible(page);
    await page.getByRole("button", { name: "Friendlier" }).click();
    await page.getByText("Instruction: Friendlier").waitFor();
    await page.locator("textarea", { hasText: "Dear Grace," }).waitFor();

    await page.keyboard.press("s");
    await page.keyboard.press("Enter");
    await page.getByText("The text still has [number of the order].").waitFor();
    await assertAccessible(page);
    await page.getByRole("button", { name: "Back", exact: true }).click();
    await page.keyboard.press("e");
    const edited = SUGGESTED.replace("Hello", "Dear").replace("[number of the order]", "1001");
    await text.fill(edited);
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.locator("del", { hasText: "number" }).waitFor();
    await page.locator("ins", { hasText: "1001" }).waitFor();
    await assertAccessible(page);
    await page.reload();
    strictEqual(await text.inputValue(), edited);

    strictEqual(smtp.received.length, 0);
    await page.keyboard.press("Control+Enter");
    await page.getByRole("heading", { name: "Sent with changes" }).waitFor();
    await page.locator(".message-state").getByText("Answered").waitFor();
    await page.getByRole("status").getByText("Sent", { exact: true }).waitFor();
    await page.getByText("Shortcomings: Missing fact").waitFor();
    await assertAccessible(page);
    await page.getByRole("link", { name: "Inbox", exact: true }).waitFor();
    deepStrictEqual(smtp.received.map(({ recipient }) => recipient), ["grace@example.com"]);
    const content = smtp.received[0]?.content ?? "";
    match(content, /^In-Reply-To: <second@example.com>\r$/m);
    match(content, /^References: <first@example.com>\r\n <second@example.com>\r$/m);
    match(content, /^Subject: Re: Where is my order\?\r$/m);
    ok(content.includes("your order 1001 is on its way."));
  },
  VIEWPORT,
  { keepContent: true },
  ENVIRONMENT,
);

inBrowser(
  "a thread that a person answers while its suggestion is written ends the suggestion, live",
  async ({ page, program, open }) => {
    const held = holdAnswers(model);
    await open("/inbox");
    await postMail(program, MAIL);
    await page.getByRole("link", { name: "Inbox 1" }).waitFor();
    await page.keyboard.press("Control+K");
    await page.getByLabel("Search or jump").last().fill("is my order");
    await page.getByRole("button", { name: "Where is my order?" }).click();
    await held.asked;
    await page.getByRole("button", { name: "Write it yourself" }).waitFor();
    await postMail(program, {
      messageId: "<answer@example.org>",
      inReplyTo: "<second@example.com>",
      from: "waybill@localhost",
      to: "grace@example.com",
      subject: "Re: Where is my order?",
      text: "It arrives tomorrow.",
    });
    await page.getByRole("heading", { name: "Answered without the suggestion" }).waitFor();
    await page.getByText("The thread was answered meanwhile.").waitFor();
    await page.locator(".inbox-text", { hasText: "It arrives tomorrow." }).waitFor();
    held.answer(replyAnswer());
    await page.getByRole("button", { name: "Write another reply" }).waitFor();
    await assertAccessible(page);

    model.settings.reply = () => replyAnswer({ text: "", confidence: 0, missing: ["the order"] });
    await postMail(program, { ...MAIL, messageId: "<third@example.com>", text: "As I said." });
    await page.getByText("There is no draft.").waitFor();
    await page.getByText("The model did not know: the order").waitFor();
    await page.getByRole("textbox", { name: "Text of the reply" }).fill("Which order is it?");
    await page.getByRole("button", { name: "Send to grace@example.com" }).click();
    await page.getByRole("heading", { name: "Sent with changes" }).waitFor();
    strictEqual(await page.getByText("not saved").count(), 0);
  },
  VIEWPORT,
  { keepContent: true },
  ENVIRONMENT,
);

inBrowser(
  "replies of many selected threads are regenerated by one job, whose progress is shown",
  async ({ page, program, open }) => {
    Object.assign(model.settings, { reply: answer, tokenMs: 0 });
    for (let n = 1; n <= 22; n++) {
      await postMail(program, {
        messageId: `<${n}@example.com>`,
        from: `person${n}@example.com`,
        subject: `Question ${n}`,
        text: "Where is my order?",
      });
    }
    await open("/inbox?suggestion=READY");
    await page.getByText("22 found").waitFor();
    // Rows that arrived since the first ones wait behind a button.
    await page.reload();
    await page.getByText("Question 22", { exact: true }).waitFor();
    await page.getByText("Question 22", { exact: true }).click();
    await page.getByRole("textbox", { name: "Text of the reply" }).fill("My own words");
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Back to the list" }).click();
    await page.getByRole("row", { name: "Question 22" }).getByText("Edited").waitFor();
    // The row that was opened has the focus.
    await page.keyboard.press("x");
    await page.getByRole("button", { name: "Regenerate (1) …" }).waitFor();
    await page.getByRole("button", { name: "Select all 22 shown threads" }).click();
    await page.getByRole("button", { name: "Regenerate (22) …" }).waitFor();
    strictEqual(await page.getByRole("button", { name: "Select all" }).count(), 0);
    await page.getByRole("button", { name: "Clear the selection" }).click();
    await page.keyboard.press("Shift+X");
    await page.getByRole("button", { name: "Regenerate (22) …" }).waitFor();
    await assertAccessible(page);
    await page.keyboard.press("r");
    await page.getByText("1 thread left out").waitFor();
    await page.getByRole("button", { name: "Regenerate 21" }).waitFor();
    await page.getByLabel("Instruction", { exact: true }).fill("Friendlier");
    await page.keyboard.press("Enter");
    const progress = page.getByRole("region", { name: "Regeneration of replies" });
    await progress.getByText("Completed").waitFor();
    await progress.getByText("100%").waitFor();
    await assertAccessible(page);
    await page.getByText("22 found").waitFor();
    // Rows whose replies were ready again only after they had left the list wait behind a button.
    await page.reload();
    await page.getByText("Question 21", { exact: true }).click();
    await page.getByText("Instruction: Friendlier").waitFor();
    await page.locator("textarea", { hasText: "Dear Grace," }).waitFor();
  },
  VIEWPORT,
  {},
  ENVIRONMENT,
);
