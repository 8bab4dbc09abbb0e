import { setTimeout as delay } from "node:timers/promises";

// Time until the answer begins, and between its words.
const THINK_MS = 1_500;
const WORD_MS = 20;

const ESTIMATE = {
  currency: "EUR",
  lineItems: [
    {
      description: "Dining table of solid oak, 180 × 90 cm, oiled",
      quantity: 1,
      unitPrice: 1280,
    },
    { description: "Delivery, and assembly on the ground floor", quantity: 1, unitPrice: 140 },
    { description: "Disposal of the old table", quantity: 1, unitPrice: 45 },
  ],
  total: 1465,
  notes: "Assumed: delivery within 50 km.\nPlease tell us: [floor], [date of delivery].",
};

const REPLIES: readonly (readonly [word: string, text: string])[] = [
  [
    "Saturday",
    "Dear Grace,\n\nyour table is made to order, which takes four weeks; it leaves us on [day of dispatch]. " +
    "Yes, we deliver on Saturdays.\n\nKind regards,\nthe shop",
  ],
  [
    "invoice",
    "Dear Ada,\n\ngladly. Please tell us the name and the address of the company.\n\nKind regards,\nthe shop",
  ],
];
const OTHER_REPLY =
  "Hello,\n\nthank you for your mail. We look into it today.\n\nKind regards,\nthe shop";

const LEARNED_FACT = {
  question: "Do you deliver on Saturdays?",
  answer: "Yes, without a surcharge.",
  scope: "ALL",
  topic: null,
};

// Without shortcomings and facts, as if the edit of a person had no reason.
const REVIEW = { shortcomings: [], facts: [] };

/**
 * Starts a stand-in for a language model: it speaks the Chat Completions API of OpenAI, and answers requests for an
 * estimate, for lessons from mails and for the review of a sent reply with constants, and mails by one of their words.
 *
 * @returns the base URL
 */
export function startModelServer(): { url: string } {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { model, messages, response_format } = await request.json();
    const asked = JSON.stringify(messages.at(-1));
    const answer = answerOf(
      Object.keys(response_format?.json_schema?.schema?.properties ?? {}),
      asked,
    );
    const events = ReadableStream.from(eventsOf(model, Math.ceil(asked.length / 4), answer));
    return new Response(events.pipeThrough(new TextEncoderStream()), {
      headers: { "content-type": "text/event-stream" },
    });
  });
  return { url: `http://127.0.0.1:${server.addr.port}/v1` };
}

/** Answers by the fields of the requested schema, because a trial of a prompt requests that of its prompt. */
function answerOf(fields: readonly string[], asked: string): unknown {
  if (fields.includes("lineItems")) return ESTIMATE;
  if (fields.includes("mails")) return lessonsOf(asked);
  return fields.includes("confidence") ? replyTo(asked) : REVIEW;
}

function lessonsOf(asked: string): unknown {
  const numbers = [...asked.matchAll(/(?:^|\\n|")Mail (\d+)\\n/g)].map(([, number]) =>
    Number(number)
  );
  const style = { tone: "friendly and short", greeting: "Dear <name>,", signOff: "Kind regards" };
  return {
    mails: numbers.map((mail) => ({ mail, ...style, language: "en", topics: ["delivery"] })),
    facts: [{ ...LEARNED_FACT, mails: numbers }],
  };
}

function replyTo(asked: string): unknown {
  const text = REPLIES.find(([word]) => asked.includes(word))?.[1] ?? OTHER_REPLY;
  const missing = [...text.matchAll(/\[(.+?)\]/g)].map(([, words]) => words);
  // The text comes last, as the model is asked to write it.
  return {
    topic: null,
    sources: [1, 2],
    missing,
    confidence: missing.length > 0 ? 0.8 : 0.9,
    text,
  };
}

async function* eventsOf(
  model: string,
  inputTokens: number,
  answer: unknown,
): AsyncGenerator<string> {
  const chunk = { id: "chatcmpl-demo", object: "chat.completion.chunk", model };
  const words = JSON.stringify(answer).match(/\S+\s*/g) ?? [];
  await delay(THINK_MS);
  for (const content of words) {
    await delay(WORD_MS);
    yield event({ ...chunk, choices: [{ index: 0, delta: { content }, finish_reason: null }] });
  }
  yield event({ ...chunk, choices: [{ index: 0, delta: {}, finish_reason: "stop" }] });
  const usage = { prompt_tokens: inputTokens, completion_tokens: words.length };
  yield event({ ...chunk, choices: [], usage });
  yield "data: [DONE]\n\n";
}

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
