import { z } from "zod";
import { url, visibleAscii, wholeNumber } from "./fields.ts";

/** Access to Meta's Send API. */
export const messenger = z.object({
  MESSENGER_ACCESS_TOKEN: visibleAscii().nullable().default(null),
  MESSENGER_BASE_URL: url(["https:", "http:"]).default("https://graph.facebook.com/v25.0"),
  MESSENGER_RATE: wholeNumber(1, 300).default(10),
}).transform(({ MESSENGER_ACCESS_TOKEN, MESSENGER_BASE_URL, MESSENGER_RATE }) => ({
  /** Null: Messenger is not configured, and messages to it are refused. */
  messenger: MESSENGER_ACCESS_TOKEN === null ? null : {
    /** Token of the Page. */
    accessToken: MESSENGER_ACCESS_TOKEN,
    /** Includes the version of the Graph API. */
    baseUrl: MESSENGER_BASE_URL,
    /** Maximum number of calls per second, shared by all processes. */
    perSecond: MESSENGER_RATE,
  },
}));
