import type { GraphQLBody } from "./server.ts";

/** One server-sent event of a subscription. */
export interface StreamEvent {
  readonly event: string;
  readonly data: GraphQLBody | null;
}

/** Subscribes by Server-Sent Events with fetch. */
export async function* subscribe(
  url: string,
  key: string,
  query: string,
  signal?: AbortSignal,
): AsyncGenerator<StreamEvent> {
  const response = await fetch(url, {
    method: "POST",
    headers: {
      accept: "text/event-stream",
      authorization: `Bearer ${key}`,
      "content-type": "application/json",
    },
    body: JSON.stringify({ query }),
    signal,
  });
  if (!response.ok || !response.body) {
    throw new Error(`Cannot subscribe: the server responded ${response.status}`);
  }
  let text = "";
  for await (const chunk of response.body.pipeThrough(new TextDecoderStream())) {
    const events = (text + chunk).split("\n\n");
    text = events.pop() ?? "";
    for (const event of events) {
      const field = (name: string) => new RegExp(`^${name}: ?(.*)$`, "m").exec(event)?.[1];
      const name = field("event");
      if (name) yield { event: name, data: JSON.parse(field("data") || "null") };
    }
  }
}
