import { deepStrictEqual } from "node:assert/strict";
import { Buffer } from "node:buffer";
import { SECRET } from "../support/inbound_mail.ts";
import { replyAnswer } from "../support/inbox.ts";
import { type ReceivedAsk, startModelServer } from "../support/model_server.ts";
import { request } from "../support/program.ts";
import { until } from "../support/until.ts";
import { postMail } from "./sample_inbox.ts";
import { answerLessons, SAMPLE_MAILS, sampleMbox, SHOP } from "./sample_learning.ts";
import { inBrowser, VIEWPORT } from "./support.ts";

const ANSWER = "With the label in the parcel, within 30 days. The money is returned after 5 days.";
const QUESTION = "How are goods sent back?";

const model = await startModelServer({
  reply: (ask) => ask.schema?.name === "learning" ? answerLessons(ask) : answerFromFacts(ask),
});
Deno.test.afterAll(async () => await model[Symbol.asyncDispose]());
const ENVIRONMENT = {
  OPENAI_API_KEY: "sk-good",
  OPENAI_BASE_URL: model.baseUrl,
  WEBHOOK_SECRET: SECRET,
};

const MAIL = {
  messageId: "<question@example.com>",
  from: "Grace Hopper <grace@example.com>",
  subject: "Sending goods back",
  text: "How are goods sent back to you?",
};

const SUGGESTION = `{ threads { nodes { id suggestion {
  status text sources { node { __typename ... on Fact { state question answer } } }
} } } }`;

interface Threads {
  readonly threads: {
    readonly nodes: readonly {
      readonly id: string;
      readonly suggestion: {
        readonly status: string;
        readonly text: string;
        readonly sources: readonly { readonly node: { readonly __typename: string } }[];
      };
    }[];
  };
}

/** Answers from the approved fact and names its number; without one, it does not know the answer. */
function answerFromFacts({ messages }: ReceivedAsk): string {
  const asked = JSON.stringify(messages);
  const number = /Source (\d+): Fact, approved by staff/.exec(asked)?.[1];
  return replyAnswer(
    number && asked.includes(ANSWER)
      ? { text: `Hello Grace,\n\n${ANSWER}`, sources: [Number(number)] }
      : { text: "", confidence: 0, sources: [], missing: [QUESTION] },
  );
}

inBrowser(
  "a fact of an imported mbox is approved, and the suggestion for a mail that arrives names it as its source",
  async ({ page, program, open }) => {
    await open("/learning");
    await page.getByRole("button", { name: "Import an mbox …" }).first().click();
    await page.getByRole("textbox", { name: "Addresses from which you have answered" }).fill(SHOP);
    await page.locator("input[type=file]").setInputFiles({
      name: "sent.mbox",
      mimeType: "application/mbox",
      buffer: Buffer.from(sampleMbox()),
    });
    await page.getByRole("button", { name: "Learn from sent mails …" }).click();
    await page.getByRole("button", { name: `Learn from ${SAMPLE_MAILS} mails` }).click();
    const dialog = page.getByRole("dialog", { name: "Learning progress" });
    await dialog.getByText("Completed").waitFor();
    await page.getByRole("link", { name: "Knowledge 4" }).waitFor();
    await dialog.getByRole("button", { name: "Show the results" }).click();

    await page.getByRole("link", { name: "Knowledge 4" }).click();
    await page.getByRole("row", { name: QUESTION }).click();
    await page.getByRole("region", { name: "Evidence" })
      .getByText("Re: Return of a lamp 4").waitFor();
    await page.getByRole("button", { name: "Approve", exact: true }).click();
    await page.getByText("Used first by suggested replies").waitFor();

    await postMail(program, MAIL);
    const thread = await until("a suggestion is written", async () => {
      const { threads } = await request<Threads>(program, SUGGESTION);
      return threads.nodes.find(({ suggestion }) => suggestion.status === "READY");
    });
    const { text, sources } = thread.suggestion;
    deepStrictEqual({ text, sources }, {
      text: `Hello Grace,\n\n${ANSWER}`,
      sources: [{
        node: { __typename: "Fact", state: "APPROVED", question: QUESTION, answer: ANSWER },
      }],
    });
    await page.goto(`${program.address}/inbox/${thread.id}`);
    await page.getByRole("button", { name: `Fact ${QUESTION}` }).click();
    await page.getByRole("link", { name: "Open in Knowledge" }).click();
    await page.getByRole("heading", { name: QUESTION }).waitFor();
  },
  VIEWPORT,
  { keepContent: true },
  ENVIRONMENT,
);
