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

/**
 * Starts a stand-in for a language model: it speaks the Chat Completions API of OpenAI, and answers every request
 * with the same estimate.
 *
 * @returns the base URL
 */
export function startModelServer(): { url: string } {
  const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
    const { model, messages } = await request.json();
    const inputTokens = Math.ceil(JSON.stringify(messages).length / 4);
    const events = ReadableStream.from(eventsOf(model, inputTokens));
    return new Response(events.pipeThrough(new TextEncoderStream()), {
      headers: { "content-type": "text/event-stream" },
    });
  });
  return { url: `http://127.0.0.1:${server.addr.port}/v1` };
}

async function* eventsOf(model: string, inputTokens: number): AsyncGenerator<string> {
  const chunk = { id: "chatcmpl-demo", object: "chat.completion.chunk", model };
  const words = JSON.stringify(ESTIMATE).match(/\S+\s*/g) ?? [];
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
