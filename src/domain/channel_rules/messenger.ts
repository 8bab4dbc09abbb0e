import type { Fault } from "../validation.ts";
import type { ChannelRules } from "./rules.ts";

// Meta documents a string of digits without a length; current ids have 16 or 17.
const PAGE_SCOPED_ID = /^\d{1,32}$/;
/** Limit of Meta's Send API, in characters. */
const MAX_TEXT_LENGTH = 2_000;
const TEMPLATE = /\{[{%]/;

/** Rules of Meta's Messenger. */
export const MESSENGER_RULES: ChannelRules = {
  name: "Messenger",
  needsProvider: true,
  unsubscribable: true,
  addressColumns: ["psid"],
  credentials: { accessToken: /^[\x21-\x7e]+$/ },
  checkAddress,
  normalizeAddress: (id) => id,
  checkText,
};

function checkAddress(id: string): Fault | null {
  if (id === "") return ["REQUIRED", "is missing"];
  if (PAGE_SCOPED_ID.test(id)) return null;
  return ["MALFORMED", `is not a page-scoped id of up to 32 digits: ${JSON.stringify(id)}`];
}

function checkText(text: string): Fault | null {
  if (text.trim() === "") return ["REQUIRED", "is missing: a Messenger message is its text alone"];
  // The length of a template's output is known only when it is sent.
  if (TEMPLATE.test(text) || Array.from(text).length <= MAX_TEXT_LENGTH) return null;
  return ["TOO_LONG", `is longer than ${MAX_TEXT_LENGTH} characters, Messenger's limit`];
}
