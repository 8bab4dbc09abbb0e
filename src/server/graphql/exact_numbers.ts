import type { Plugin } from "graphql-yoga";
import { quoteLongNumbers } from "../long_numbers.ts";

/** Keeps the digits of long numbers in JSON bodies. */
export function useExactNumbers(): Plugin {
  return {
    onRequestParse({ requestParser, setRequestParser }) {
      if (!requestParser) return;
      setRequestParser((request) => {
        const json = async () => JSON.parse(quoteLongNumbers(await request.text()));
        return requestParser(Object.defineProperty(request, "json", { value: json }));
      });
    },
  };
}
