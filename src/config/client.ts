import { z } from "zod";
import { url, visibleAscii } from "./fields.ts";

/** Server that the commands of a client talk to, and the key they show it. */
export const client = z.object({
  WAYBILL_URL: url(["http:", "https:"]).default("http://127.0.0.1:8000"),
  WAYBILL_KEY: visibleAscii().nullable().default(null),
}).transform(({ WAYBILL_URL, WAYBILL_KEY }) => ({
  /** Base URL of the server, without a slash at the end. */
  serverUrl: WAYBILL_URL.replace(/\/+$/, ""),
  /** API key or JWT. */
  key: WAYBILL_KEY,
}));
