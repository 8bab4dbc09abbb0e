import { z } from "zod";
import { flag, url, wholeNumber } from "./fields.ts";

/** Address on which the server listens, and its URL for recipients. */
export const http = z.object({
  HOST: z.string().regex(/^[\w.:-]+$/, "expected a host name or an address").default("127.0.0.1"),
  PORT: wholeNumber(0, 65_535).default(8000),
  WORKER_PROBES: flag().default(false),
  PUBLIC_URL: url(["https:", "http:"])
    // `href` has an international host name in ASCII, which mail headers require.
    .transform((text) => new URL(text).href.replace(/\/+$/, ""))
    .refine(isBaseUrl, "expected a URL without a query, a fragment and credentials")
    .nullable().default(null),
}).transform(({ HOST, PORT, WORKER_PROBES, PUBLIC_URL }) => ({
  host: HOST,
  port: PORT,
  /** Whether `worker` answers probes at `host` and `port`, as `serve` does. */
  workerProbes: WORKER_PROBES,
  /** Base URL of links in messages, without a slash at the end; null: `host` and `port`. */
  publicUrl: PUBLIC_URL,
}));

function isBaseUrl(text: string): boolean {
  const { username, password } = new URL(text);
  return username === "" && password === "" && !/[?#]/.test(text);
}
