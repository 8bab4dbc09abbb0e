import type { ServerResponse } from "node:http";

/** Returns one vector for each text. */
export type Embed = (texts: readonly string[]) => number[][];

/** Answers a request of the Embeddings API. */
export function sendEmbeddings(response: ServerResponse, body: string, embed: Embed): void {
  const { model, input } = JSON.parse(body);
  const data = embed(input).map((embedding, index) => ({ object: "embedding", index, embedding }));
  const tokens = Math.ceil(body.length / 4);
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({
    object: "list",
    model,
    // The order of a server is not that of the texts.
    data: data.reverse(),
    usage: { prompt_tokens: tokens, total_tokens: tokens },
  }));
}
