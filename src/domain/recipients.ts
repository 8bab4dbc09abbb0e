import { Buffer } from "node:buffer";
import { domainToASCII, domainToUnicode } from "node:url";
import type { MessageChannel } from "./channel.ts";
import type { Issue } from "./errors.ts";

/** Values for a template, by the names that it uses. */
export type Variables = Readonly<Record<string, unknown>>;

/** Whom a message goes to. */
export interface Recipient {
  /** As the channel has it: an email address, or the page-scoped id of a Messenger user. */
  readonly address: string;
  readonly name: string | null;
  readonly variables: Variables;
}

/** A recipient as a client wrote it. */
export interface RecipientInput {
  readonly address: string;
  readonly name?: string | null;
  readonly variables?: Variables | null;
}

const MAX_ADDRESS_OCTETS = 320;
const MAX_LOCAL_PART_OCTETS = 64;
const MAX_DOMAIN_OCTETS = 255;
const MAX_NAME_LENGTH = 200;
const MAX_VARIABLES_OCTETS = 16 * 1024;
const MAX_VARIABLE_NAME_LENGTH = 100;

const ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const ASCII_ADDRESS = new RegExp(`^${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+(?=[a-z])${LABEL}$`, "i");
const NON_ASCII = /\P{ASCII}/u;
const NON_ASCII_TEXT = /[^\p{ASCII}\p{C}\p{Z}\ufffd]/gu;
const ENCODED_DOMAIN = /xn--/i;
const INTERNATIONAL_DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;
// Meta says only that it is a string of digits; those of today have 16 or 17.
const PAGE_SCOPED_ID = /^\d{1,32}$/;
const HEADER_BREAK = /[\r\n\0]/;
const VARIABLE_NAME = /^[\p{L}_][\p{L}\p{N}_-]*$/u;
const LIQUID_LITERALS = new Set(["true", "false", "nil", "null", "empty", "blank"]);
// JSON.stringify escapes these: PostgreSQL's jsonb takes neither NUL nor half a surrogate pair.
const UNSTORABLE_JSON = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;
const REPLACEMENT = "\ufffd";

/**
 * What makes two spellings one mailbox: lower case letter by letter, as PostgreSQL's lower() has it,
 * Unicode's composed form (NFC), and the domain in its own script (not "xn--…"). Page-scoped ids stay as
 * they are.
 */
export function normalizeAddress(address: string): string {
  if (!NON_ASCII.test(address) && !ENCODED_DOMAIN.test(address)) return address.toLowerCase();
  // Letter by letter, one for one: JavaScript by itself looks at a sigma's neighbours, and splits İ.
  const lower = Array.from(address, (letter) => Array.from(letter.toLowerCase())[0]).join("");
  const at = lower.lastIndexOf("@") + 1;
  const domain = lower.slice(at);
  // Both ways, so that what is written in another form of Unicode becomes the same; "" is no domain.
  const unicode = domainToUnicode(domainToASCII(domain));
  return lower.slice(0, at).normalize("NFC") + (unicode || domain.normalize("NFC"));
}

/** Trims address and name, and fills in what is absent. A blank name is none. */
export function tidyRecipient({ address, name, variables }: RecipientInput): Recipient {
  return { address: trim(address), name: trim(name ?? "") || null, variables: variables ?? {} };
}

/**
 * Finds what is wrong with a recipient: an address that is not one (of EMAIL: RFC 5322 §3.4.1 dot-atom,
 * RFC 6531 for other scripts, with a domain of at least two labels; of MESSENGER: digits), line ends
 * that could break out of a mail header, texts that are too long, variables that no template could use.
 *
 * @param channel how it is to be reached
 * @param path where the recipient stands in the caller's input
 * @returns nothing when it is fine
 */
export function checkRecipient(
  recipient: Recipient,
  channel: MessageChannel,
  path: readonly string[],
): Issue[] {
  const { address, name, variables } = recipient;
  const issues: Issue[] = [];
  const report = (field: readonly string[], [code, message]: Fault) =>
    issues.push({ path: [...path, ...field], code, message });

  const addressFault = channel === "EMAIL" ? faultOfEmail(address) : faultOfPageScopedId(address);
  if (addressFault) report(["address"], addressFault);
  const nameFault = name && faultOfName(name);
  if (nameFault) report(["name"], nameFault);
  const variablesFault = faultOfVariables(variables);
  if (variablesFault) report(["variables"], variablesFault);
  for (const key of Object.keys(variables)) {
    const fault = faultOfVariableName(key);
    if (fault) report(["variables", key], fault);
  }
  return issues;
}

/** What is wrong with the name of a variable, as code and message; null when templates can use it. */
export function faultOfVariableName(name: string): Fault | null {
  if (name.length > MAX_VARIABLE_NAME_LENGTH) {
    return ["TOO_LONG", `has a name of more than ${MAX_VARIABLE_NAME_LENGTH} characters`];
  }
  if (LIQUID_LITERALS.has(name)) return ["MALFORMED", "has a name that is a word of Liquid itself"];
  if (VARIABLE_NAME.test(name)) return null;
  return ["MALFORMED", "has a name that templates cannot use; letters, digits, _ and - can be"];
}

type Fault = readonly [code: string, message: string];

function faultOfEmail(address: string): Fault | null {
  if (address === "") return ["REQUIRED", "is missing"];
  if (HEADER_BREAK.test(address)) return HEADER_INJECTION;
  if (Buffer.byteLength(address) > MAX_ADDRESS_OCTETS) {
    return ["TOO_LONG", `is longer than ${MAX_ADDRESS_OCTETS} octets`];
  }
  if (isAddress(address)) return null;
  return ["MALFORMED", `is not an email address: ${JSON.stringify(address)}`];
}

function faultOfPageScopedId(id: string): Fault | null {
  if (id === "") return ["REQUIRED", "is missing"];
  if (PAGE_SCOPED_ID.test(id)) return null;
  return ["MALFORMED", `is not a page-scoped id of up to 32 digits: ${JSON.stringify(id)}`];
}

function isAddress(address: string): boolean {
  const at = address.lastIndexOf("@");
  let [local, domain] = [address.slice(0, Math.max(at, 0)), address.slice(at + 1)];
  if (Buffer.byteLength(local) > MAX_LOCAL_PART_OCTETS) return false;
  if (NON_ASCII.test(address)) {
    if (!INTERNATIONAL_DOMAIN.test(domain)) return false;
    // Any letter stands for those of other scripts: what else is allowed does not change.
    local = local.replace(NON_ASCII_TEXT, "x");
    domain = domainToASCII(domain);
  }
  return domain.length <= MAX_DOMAIN_OCTETS && ASCII_ADDRESS.test(`${local}@${domain}`);
}

function faultOfName(name: string): Fault | null {
  if (HEADER_BREAK.test(name)) return HEADER_INJECTION;
  if (name.length > MAX_NAME_LENGTH) {
    return ["TOO_LONG", `is longer than ${MAX_NAME_LENGTH} characters`];
  }
  return name.includes(REPLACEMENT) || !name.isWellFormed() ? NOT_UTF8 : null;
}

function faultOfVariables(variables: Variables): Fault | null {
  const json = JSON.stringify(variables);
  if (json.length > MAX_VARIABLES_OCTETS || Buffer.byteLength(json) > MAX_VARIABLES_OCTETS) {
    return ["TOO_LONG", `are larger than ${MAX_VARIABLES_OCTETS} octets of JSON`];
  }
  if (json.includes(REPLACEMENT)) return NOT_UTF8;
  if (!json.includes("\\u") || !UNSTORABLE_JSON.test(json)) return null;
  return ["MALFORMED", "hold a NUL character or half of a surrogate pair"];
}

const HEADER_INJECTION: Fault = ["HEADER_INJECTION", "must not hold line ends or NUL characters"];
const NOT_UTF8: Fault = ["MALFORMED", "was not written in UTF-8"];

function trim(text: string): string {
  // Line ends are not trimmed away but refused: nobody types one at the end of an address.
  return HEADER_BREAK.test(text) ? text : text.trim();
}
