import { Buffer } from "node:buffer";
import { domainToASCII, domainToUnicode } from "node:url";
import { type Fault, hasLineEnd, HEADER_INJECTION } from "./validation.ts";

const MAX_ADDRESS_OCTETS = 320;
const MAX_LOCAL_PART_OCTETS = 64;
const MAX_DOMAIN_OCTETS = 255;

const ATOM = "[a-z0-9!#$%&'*+/=?^_`{|}~-]+";
const LABEL = "[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?";
const ASCII_ADDRESS = new RegExp(`^${ATOM}(?:\\.${ATOM})*@(?:${LABEL}\\.)+(?=[a-z])${LABEL}$`, "i");
const NON_ASCII = /\P{ASCII}/u;
const NON_ASCII_TEXT = /[^\p{ASCII}\p{C}\p{Z}\ufffd]/gu;
const ENCODED_DOMAIN = /xn--/i;
const INTERNATIONAL_DOMAIN = /^[\p{L}\p{M}\p{N}.-]+$/u;

/**
 * Accepts a dot-atom address (RFC 5322 §3.4.1), in any script (RFC 6531), whose domain has at least two
 * labels.
 */
export function checkEmailAddress(address: string): Fault | null {
  if (address === "") return ["REQUIRED", "is missing"];
  if (hasLineEnd(address)) return HEADER_INJECTION;
  if (Buffer.byteLength(address) > MAX_ADDRESS_OCTETS) {
    return ["TOO_LONG", `is longer than ${MAX_ADDRESS_OCTETS} bytes`];
  }
  if (isAddress(address)) return null;
  return ["MALFORMED", `is not an email address: ${JSON.stringify(address)}`];
}

function isAddress(address: string): boolean {
  const at = address.lastIndexOf("@");
  let [local, domain] = [address.slice(0, Math.max(at, 0)), address.slice(at + 1)];
  if (Buffer.byteLength(local) > MAX_LOCAL_PART_OCTETS) return false;
  if (NON_ASCII.test(address)) {
    if (!INTERNATIONAL_DOMAIN.test(domain)) return false;
    // RFC 6531 adds letters of other scripts to an atom and changes nothing else.
    local = local.replace(NON_ASCII_TEXT, "x");
    domain = domainToASCII(domain);
  }
  return domain.length <= MAX_DOMAIN_OCTETS && ASCII_ADDRESS.test(`${local}@${domain}`);
}

/**
 * Returns the address in lower case, letter by letter as PostgreSQL's lower() does it, in Unicode's
 * composed form (NFC), with the domain in its own script instead of "xn--…".
 */
export function normalizeEmailAddress(address: string): string {
  if (!NON_ASCII.test(address) && !ENCODED_DOMAIN.test(address)) return address.toLowerCase();
  // Letter by letter, because toLowerCase() of a whole string depends on the neighbours of a sigma and
  // returns two code points for "İ".
  const lower = Array.from(address, (letter) => Array.from(letter.toLowerCase())[0]).join("");
  const at = lower.lastIndexOf("@") + 1;
  const domain = lower.slice(at);
  // To ASCII and back, so that all Unicode forms of a domain become one; "" means it is not a domain.
  const unicode = domainToUnicode(domainToASCII(domain));
  return lower.slice(0, at).normalize("NFC") + (unicode || domain.normalize("NFC"));
}
