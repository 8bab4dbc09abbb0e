import { jpeg } from "../support/images.ts";
import { type ModelReply, type ReceivedAsk, SILENCE } from "../support/model_server.ts";
import { type Program, request } from "../support/program.ts";

/** Ids of quotes in different states. */
export interface SampleQuotes {
  readonly quoted: string;
  readonly processing: string;
  readonly refused: string;
}

const REQUESTS = {
  quoted: [
    "Ada Lovelace",
    "A fence of 20 m around a garden, of larch, with one gate of 1 m.\n\nThe ground is uneven, as " +
    "the pictures show. Please offer it with and without painting.",
  ],
  processing: ["Grace Hopper", "Two oak tables for a library, 2.4 m each"],
  refused: ["Barbara Liskov", "Repair of a roof after a storm"],
} as const;

const CREATE = `mutation ($input: CreateQuoteInput!) {
  createQuote(input: $input) { ... on CreateQuotePayload { quote { id } } ... on Error { reason } }
}`;

const PROCESS =
  `mutation ($ids: [ID!]!) { processQuotes(input: { quoteIds: $ids }) { __typename } }`;

/** Answers a request of `createQuotes`: with an estimate, not at all, or with one that does not add up. */
export function answerQuote({ messages }: ReceivedAsk): ModelReply {
  const asked = JSON.stringify(messages);
  if (asked.includes("oak tables")) return SILENCE;
  return JSON.stringify({
    currency: "EUR",
    lineItems: [
      { description: "Boards of larch, 2 m, with screws", quantity: 60, unitPrice: 18.9 },
      { description: "Posts with sleeves", quantity: 11, unitPrice: 32.5 },
      { description: "Work of two people, hours", quantity: 14.5, unitPrice: 58.9 },
    ],
    total: asked.includes("roof") ? 2_000 : 2_345.55,
    notes: "The ground is taken to be even.\nPainting would add about 400 EUR.",
  });
}

/** Creates quotes in different states, one of them with images. */
export async function createQuotes(program: Program): Promise<SampleQuotes> {
  const create = async ([name, text]: readonly [string, string]) => {
    const { createQuote } = await request<{ createQuote: { quote: { id: string } } }>(
      program,
      CREATE,
      { input: { customer: { name, email: "ada@example.com" }, request: text, process: false } },
    );
    return createQuote.quote.id;
  };
  const quoted = await create(REQUESTS.quoted);
  for (const phase of [0, 2]) await upload(program, quoted, await jpeg(landscape(phase)));
  const refused = await create(REQUESTS.refused);
  const processing = await create(REQUESTS.processing);
  await create(["Edsger Dijkstra", "A carport for two cars"]);
  await request(program, PROCESS, { ids: [quoted, refused, processing] });
  return { quoted, processing, refused };
}

async function upload({ address, key }: Program, id: string, body: ArrayBuffer): Promise<void> {
  const headers = { authorization: `Bearer ${key}` };
  const response = await fetch(`${address}/quotes/${id}/images`, { method: "POST", headers, body });
  await response.body?.cancel();
}

/** Sky, hills and a fence. */
function landscape(phase: number): ImageData {
  const image = new ImageData(800, 600);
  for (let at = 0; at < image.data.length; at += 4) {
    const [x, y] = [at / 4 % image.width, Math.floor(at / 4 / image.width)];
    const isSky = y < 260 + 40 * Math.sin(x / 90 + phase);
    const isBoard = y < 420 && x % 48 < 40;
    image.data.set(
      isSky ? [150 + y / 4, 190, 235, 255] : isBoard ? [150 - x % 48, 105, 60, 255] : [
        90,
        140 - (y - 300) / 5,
        70,
        255,
      ],
      at,
    );
  }
  return image;
}
