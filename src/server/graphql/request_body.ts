import type { Plugin } from "graphql-yoga";
import { receiveBody } from "../body.ts";
import { receiveInTime } from "../body_deadline.ts";
import { quoteLongNumbers } from "../long_numbers.ts";

/**
 * Reads the bodies of requests: keeps the digits of long numbers in JSON, and refuses bodies over a limit.
 * Yoga's own limit would pass each body through a stream of JavaScript, which costs more than to parse it.
 *
 * @param limit in bytes
 */
export function useRequestBody(limit: number): Plugin {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (!requestParser) return;
      setRequestParser((request) => {
        const readAll = request.text.bind(request);
        const text = () => receiveInTime(readText(request, readAll, limit));
        const json = async () => JSON.parse(quoteLongNumbers(await text()));
        const properties = { text: { value: text }, json: { value: json } };
        return requestParser(Object.defineProperties(request, properties));
      });
    },
  };
}

async function readText(
  request: Request,
  readAll: () => Promise<string>,
  limit: number,
): Promise<string> {
  const length = request.headers.get("content-length");
  if (length !== null && Number(length) <= limit) return await readAll();
  const decoder = new TextDecoder();
  let text = "";
  for await (const part of receiveBody(request, limit)) {
    text += decoder.decode(part, { stream: true });
  }
  return text + decoder.decode();
}
