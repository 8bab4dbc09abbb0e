import { signatureOf } from "../support/inbound_mail.ts";
import { replyAnswer } from "../support/inbox.ts";
import { type ModelReply, type ReceivedAsk, SILENCE } from "../support/model_server.ts";
import { type Program, request } from "../support/program.ts";
import { until } from "../support/until.ts";

// The retries of the one that the model cannot answer take 14 s.
const WRITTEN_MS = 60_000;

/** Ids of threads in different states. */
export interface SampleInbox {
  readonly ready: string;
  readonly edited: string;
  readonly fallback: string;
  readonly answered: string;
}

const QUOTED =
  "\n\nOn Mon, 3 Mar 2031 at 10:12, Shop <shop@example.org> wrote:\n> Your order has left.";

const MAILS = {
  ready: {
    from: "Grace Hopper <grace@example.com>",
    subject: "Where is my order 1001?",
    text:
      "Hello,\n\nI ordered the oak table three weeks ago, and it has not arrived yet. The parcel " +
      "service says https://parcels.example.com/track?number=4711&lang=en is not known.\n\nWhen will " +
      `it come, and can it be delivered on a Saturday?\n\nGrace${QUOTED}`,
  },
  edited: {
    from: "Ada Lovelace <ada.lovelace@example.com>",
    subject: "Invoice for the company",
    text:
      "Good morning,\n\ncould you send the invoice for order 1002 to our company instead?\n\nAda",
  },
  fallback: {
    from: "Edsger Dijkstra <edsger@example.com>",
    subject: "Return of a lamp",
    text: "I would like to return the lamp. Which address do I send it to?",
  },
  writing: {
    from: "Barbara Liskov <barbara@example.com>",
    subject: "Spare parts for a chair",
    text: "Do you have the feet of the chair as spare parts?",
  },
  unsure: {
    from: "Alan Turing <alan@example.com>",
    subject: "(none)",
    text: "It is as I said before. Please do it now.",
  },
  answered: {
    from: "Katherine Johnson <katherine@example.com>",
    subject: "Thank you",
    text: "The wardrobe is beautiful. Do you also have it in walnut?",
  },
} as const;

const FACTS = [
  [
    "Do you deliver on Saturdays?",
    "Yes, in cities, between 9 and 13 o'clock, without a surcharge.",
  ],
  ["How long does a table of oak take?", "Four weeks, because it is made to order."],
] as const;

const CREATE = `mutation ($contact: RegisterContactInput!, $order: UpsertOrderInput!) {
  registerContact(input: $contact) { __typename ... on Error { reason } }
  upsertOrder(input: $order) { __typename ... on Error { reason } }
}`;

const FACT = `mutation ($input: UpsertFactInput!) {
  upsertFact(input: $input) { __typename ... on Error { reason } }
}`;

const THREADS = `{
  threads(first: 50) { nodes { id contactEmail suggestion { id status text } } }
}`;

interface FoundThread {
  readonly id: string;
  readonly contactEmail: string;
  readonly suggestion: { readonly id: string; readonly status: string; readonly text: string };
}

/** Answers a mail of `receiveMails`, by its sender. */
export function answerMail({ messages, schema }: ReceivedAsk): ModelReply {
  const asked = JSON.stringify(messages);
  if (schema?.name !== "reply") return JSON.stringify({ shortcomings: ["WRONG_TONE"], facts: [] });
  if (asked.includes("spare parts")) return SILENCE;
  if (asked.includes("return the lamp")) return "There is no answer in JSON.";
  if (asked.includes("as I said before")) {
    return replyAnswer({ text: "", confidence: 0, missing: ["what was agreed"], topic: null });
  }
  if (asked.includes("walnut")) {
    return replyAnswer({
      text:
        "Dear Katherine,\n\nyes, in walnut, too: it takes six weeks.\n\nKind regards,\nthe shop",
    });
  }
  if (asked.includes("our company")) {
    return replyAnswer({
      text: "Dear Ada,\n\nof course. Please tell us the name and the address of the company.\n\n" +
        "Kind regards,\nthe shop",
      topic: "invoice",
    });
  }
  return replyAnswer({
    text:
      "Dear Grace,\n\nthank you for your patience. Your table is made to order, which takes four " +
      "weeks; it leaves us on [day of dispatch].\n\nYes, we deliver on Saturdays, between 9 and 13 " +
      "o'clock, without a surcharge.\n\nKind regards,\nthe shop",
    missing: ["day of dispatch"],
    confidence: 0.82,
    sources: [1, 2, 3, 4],
  });
}

/** Lets mails arrive whose suggestions are in different states. */
export async function receiveMails(program: Program): Promise<SampleInbox> {
  for (const [question, answer] of FACTS) {
    await request(program, FACT, { input: { question, answer } });
  }
  await request(program, CREATE, {
    contact: { email: "grace@example.com", name: "Grace Hopper", vip: true, sendWelcome: false },
    order: {
      number: "#1001",
      contactEmail: "grace@example.com",
      status: "paid, unfulfilled",
      total: { amount: "1280", currency: "EUR" },
    },
  });
  for (const [name, mail] of Object.entries(MAILS)) {
    await postMail(program, { messageId: `${name}@example.com`, to: "shop@example.org", ...mail });
  }
  const threads = await until("the suggestions are written", async () => {
    const threads = await findThreads(program);
    return isWritten(threads) && threads;
  }, WRITTEN_MS);
  const threadOf = (name: keyof typeof MAILS) => {
    const thread = threads.find(({ contactEmail }) => MAILS[name].from.includes(contactEmail));
    if (!thread) throw new Error(`The thread of ${MAILS[name].from} was not found`);
    return thread;
  };
  const edited = threadOf("edited");
  await request(
    program,
    `mutation ($id: ID!, $text: String!) { editSuggestion(id: $id, text: $text) { __typename } }`,
    {
      id: edited.suggestion.id,
      text: edited.suggestion.text.replace("of course. Please", "gladly! Please"),
    },
  );
  const answered = threadOf("answered");
  await request(
    program,
    `mutation ($id: ID!, $input: SendReplyInput!) {
      sendReply(threadId: $id, input: $input) { __typename ... on Error { reason } } }`,
    {
      id: answered.id,
      input: {
        suggestionId: answered.suggestion.id,
        text: answered.suggestion.text.replace("six weeks", "about six weeks, and costs the same"),
      },
    },
  );
  return {
    ready: threadOf("ready").id,
    edited: edited.id,
    fallback: threadOf("fallback").id,
    answered: answered.id,
  };
}

async function findThreads(program: Program): Promise<readonly FoundThread[]> {
  const { threads } = await request<{ threads: { nodes: readonly FoundThread[] } }>(
    program,
    THREADS,
  );
  return threads.nodes;
}

function isWritten(threads: readonly FoundThread[]): boolean {
  return threads.filter(({ suggestion }) => /READY|FALLBACK|FAILED/.test(suggestion.status))
    .length === Object.keys(MAILS).length - 1;
}

/** Posts a signed mail to the webhook. */
export async function postMail({ address }: Program, mail: unknown): Promise<void> {
  const body = JSON.stringify(mail);
  const headers = { "x-waybill-signature": signatureOf(body) };
  const response = await fetch(`${address}/webhooks/email`, { method: "POST", headers, body });
  const answer = await response.text();
  if (!response.ok) throw new Error(`Cannot post a mail: ${answer}`);
}
