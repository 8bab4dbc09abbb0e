import { ok, strictEqual } from "node:assert/strict";
import { assertAccessible } from "../support/browser.ts";
import { SECRET } from "../support/inbound_mail.ts";
import { startModelServer } from "../support/model_server.ts";
import { request } from "../support/program.ts";
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

interface Threads {
  readonly threads: {
    readonly nodes: readonly {
      readonly id: string;
      readonly suggestion: { readonly id: string };
    }[];
  };
}

const THREADS = `{ threads(first: 1) { nodes { id suggestion { id } } } }`;
const EDIT = `mutation ($id: ID!, $text: String!) {
  editSuggestion(id: $id, text: $text) { ... on Error { reason } }
}`;
const SEND = `mutation ($id: ID!) {
  sendReply(threadId: $id, input: { text: "It arrives tomorrow." }) { ... on Error { reason } }
}`;

inBrowser(
  "a reply without a suggestion is kept as a draft until it is sent, also when a suggestion arrives",
  async ({ page, program, open }) => {
    Object.assign(model.settings, { reply: answer, tokenMs: 0 });
    await postMail(program, { ...MAIL, messageId: "<drafted@example.com>" });
    await postMail(program, {
      messageId: "<phone@example.org>",
      inReplyTo: "<drafted@example.com>",
      from: "waybill@localhost",
      to: "grace@example.com",
      subject: "Re: Where is my order?",
      text: "It arrives tomorrow.",
    });
    await open("/inbox?view=answered");
    await page.getByText("Where is my order?").click();
    await page.getByRole("button", { name: "Write another reply" }).click();
    const text = page.getByRole("textbox", { name: "Text of the reply" });
    strictEqual(await page.getByText("Draft not sent").count(), 0);
    await text.fill("It has arrived meanwhile.");
    await page.getByText("Draft not sent").waitFor();
    await page.getByRole("button", { name: "Back to the list" }).click();
    await page.getByRole("row", { name: "draft not sent" }).click();
    strictEqual(await text.inputValue(), "It has arrived meanwhile.");
    await page.reload();
    await page.getByText("Draft not sent").waitFor();
    strictEqual(await text.inputValue(), "It has arrived meanwhile.");
    await assertAccessible(page);

    await postMail(program, { ...MAIL, messageId: "<later@example.com>", text: "Really?" });
    const draft = page.getByRole("region", { name: "Your draft" });
    await draft.getByText("It has arrived meanwhile.").waitFor();
    strictEqual(await text.inputValue(), SUGGESTED);
    await assertAccessible(page);
    await draft.getByRole("button", { name: "Use my draft" }).click();
    strictEqual(await text.inputValue(), "It has arrived meanwhile.");
    strictEqual(await page.getByText("Draft not sent").count(), 0);
    await page.getByText("Saved", { exact: true }).waitFor();
    await page.getByRole("button", { name: "Send to grace@example.com" }).click();
    await page.getByRole("heading", { name: "Sent with changes" }).waitFor();

    await page.getByRole("button", { name: "Write another reply" }).click();
    await text.fill("One more thing.");
    // The server sends the reply, but its answer is lost.
    await page.route("**/graphql", async (route) => {
      const isReply = route.request().postData()?.includes("sendReply");
      if (!isReply) return await route.fallback();
      await route.fetch();
      await route.abort();
    });
    await page.getByRole("button", { name: "Send to grace@example.com" }).click();
    await page.getByRole("alert").getByText("Not sent", { exact: true }).waitFor();
    await page.unroute("**/graphql");
    await page.reload();
    await page.getByText("Draft not sent").waitFor();
    await page.getByRole("button", { name: "Send to grace@example.com" }).click();
    await page.getByText("Draft not sent").waitFor({ state: "detached" });
    await page.reload();
    const sent = page.locator(".inbox-text", { hasText: "One more thing." });
    await sent.first().waitFor();
    strictEqual(await sent.count(), 1);
    await page.getByRole("button", { name: "Write another reply" }).click();
    strictEqual(await text.inputValue(), "");
    await text.fill("Never mind.");
    await page.getByRole("button", { name: "Discard the draft" }).click();
    await page.getByRole("button", { name: "Write another reply" }).waitFor();
    strictEqual(await page.getByText("Draft not sent").count(), 0);
  },
  VIEWPORT,
  { keepContent: true },
  ENVIRONMENT,
);

inBrowser(
  "two people who edit the same suggestion do not overwrite each other: the later one chooses",
  async ({ page, program, open }) => {
    Object.assign(model.settings, { reply: answer, tokenMs: 0 });
    await postMail(program, { ...MAIL, messageId: "<contested@example.com>" });
    await open("/inbox");
    await page.getByText("Where is my order?").click();
    const text = page.getByRole("textbox", { name: "Text of the reply" });
    await text.waitFor();
    const { threads: { nodes: [thread] } } = await request<Threads>(program, THREADS);
    ok(thread);
    /** Types until a colleague has changed the thread, so that the page does not save meanwhile. */
    async function typeDuring(mine: string, change: string, variables: Record<string, unknown>) {
      await text.fill(mine);
      let isDone = false;
      const done = request(program, change, variables).then(() => isDone = true);
      for (let n = 0; !isDone; n++) await text.fill(`${mine} ${n}`);
      await done;
      return text.inputValue();
    }

    const mine = await typeDuring("My text", EDIT, {
      id: thread.suggestion.id,
      text: "Text of a colleague",
    });
    const draft = page.getByRole("region", { name: "Your draft" });
    await draft.getByText(mine, { exact: true }).waitFor();
    strictEqual(await text.inputValue(), "Text of a colleague");
    await assertAccessible(page);
    await page.reload();
    await draft.getByRole("button", { name: "Use my draft" }).click();
    strictEqual(await text.inputValue(), mine);
    await page.getByText("Saved", { exact: true }).waitFor();

    const late = await typeDuring("Too late", SEND, { id: thread.id });
    await page.getByText("Draft not sent").waitFor();
    strictEqual(await text.inputValue(), late);
  },
  VIEWPORT,
  { keepContent: true },
  ENVIRONMENT,
);

inBrowser(
  "a text from a template says that no language model is configured",
  async ({ page, program, open }) => {
    await postMail(program, { ...MAIL, messageId: "<unconfigured@example.com>" });
    await open("/inbox?suggestion=FALLBACK");
    await page.getByText("Where is my order?").click();
    await page.getByText("This text is from a template. No language model is configured.")
      .waitFor();
    await page.locator(".reply-head").getByText("Fallback", { exact: true }).waitFor();
    await page.locator("textarea", { hasText: "Grace Hopper" }).waitFor();
    await assertAccessible(page);
  },
  VIEWPORT,
  {},
  { WEBHOOK_SECRET: SECRET },
);

inBrowser(
  "a text from a template says how many attempts of the model failed, and is replaced by a regeneration",
  async ({ page, program, open }) => {
    const cut = { text: "cut", finishReason: null };
    Object.assign(model.settings, { reply: () => cut, tokenMs: 0 });
    await postMail(program, { ...MAIL, messageId: "<invalid@example.com>" });
    await open("/inbox");
    await page.getByText("Where is my order?").click();
    // The waits between the four attempts are 14 s.
    await page.getByText(
      "This text is from a template. The language model could not be reached, in 4 attempts.",
    ).waitFor({ timeout: 60_000 });
    await page.locator("textarea", { hasText: "Grace Hopper" }).waitFor();
    await assertAccessible(page);

    model.settings.reply = answer;
    await page.getByRole("button", { name: "Regenerate …" }).click();
    await page.getByRole("button", { name: "Friendlier" }).click();
    await page.locator("textarea", { hasText: "Dear Grace," }).waitFor();
    strictEqual(await page.getByText("This text is from a template").count(), 0);
  },
  VIEWPORT,
  {},
  ENVIRONMENT,
);
