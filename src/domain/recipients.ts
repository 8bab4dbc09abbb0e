import { Buffer } from "node:buffer";
import type { Issue } from "./errors.ts";
import { checkNesting } from "./nesting.ts";
import { type Fault, hasLineEnd, HEADER_INJECTION } from "./validation.ts";

/** Values of template variables, by name. */
export type Variables = Readonly<Record<string, unknown>>;

/** Recipient of a message. */
export interface Recipient {
  /** Address on the message's channel: an email address, or the page-scoped id of a Messenger user. */
  readonly address: string;
  readonly name: string | null;
  readonly variables: Variables;
}

/** Recipient as a client sent it. */
export interface RecipientInput {
  readonly address: string;
  readonly name?: string | null;
  readonly variables?: Variables | null;
}

/** Address check of a channel. */
export interface AddressRules {
  readonly checkAddress: (address: string) => Fault | null;
}

const MAX_NAME_LENGTH = 200;
const MAX_VARIABLES_OCTETS = 16 * 1024;
const MAX_VARIABLE_NAME_LENGTH = 100;

const VARIABLE_NAME = /^[\p{L}_][\p{L}\p{N}_-]*$/u;
const LIQUID_LITERALS = new Set(["true", "false", "nil", "null", "empty", "blank"]);
// JSON.stringify escapes the characters that PostgreSQL's jsonb refuses: NUL and lone surrogates.
const UNSTORABLE_JSON = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f])/;
const REPLACEMENT = "\ufffd";
const NOT_UTF8: Fault = ["MALFORMED", "contains characters that were not encoded in UTF-8"];

/** Trims address and name, and fills in absent fields. A blank name becomes null. */
export function tidyRecipient({ address, name, variables }: RecipientInput): Recipient {
  return { address: trim(address), name: trim(name ?? "") || null, variables: variables ?? {} };
}

/**
 * Finds the faults of a recipient: an address that the channel refuses, line ends that could add a mail
 * header, texts over their limits, and variables that no template can use or that nest too deeply.
 *
 * @param rules of the channel of the address
 * @param path of the recipient in the caller's input
 * @returns the issues; empty if there are none
 */
export function checkRecipient(
  { address, name, variables }: Recipient,
  rules: AddressRules,
  path: readonly string[],
): Issue[] {
  const issues: Issue[] = [];
  const report = (field: readonly string[], fault: Fault | null) => {
    if (fault) issues.push({ path: [...path, ...field], code: fault[0], message: fault[1] });
  };
  report(["address"], rules.checkAddress(address));
  if (name !== null) report(["name"], checkName(name));
  const valueIssues = issuesOfValues(variables, [...path, "variables"]);
  issues.push(...valueIssues);
  if (valueIssues.length === 0) report(["variables"], checkVariables(variables));
  for (const key of Object.keys(variables)) report(["variables", key], checkVariableName(key));
  return issues;
}

/**
 * Finds variables that nest too deeply or contain a number that was rounded; of each the first fault.
 *
 * @param path of the variables in the caller's input
 */
export function issuesOfValues(variables: Variables, path: readonly string[]): Issue[] {
  return Object.entries(variables).flatMap(([name, value]) => {
    const fault = checkNesting(value);
    if (fault) return [{ path: [...path, name], code: fault[0], message: fault[1] }];
    const rounded = findRounded(value, [...path, name]);
    const message = "is a number beyond 2^53, which has been rounded; send it as text";
    return rounded ? [{ path: rounded, code: "OUT_OF_RANGE", message }] : [];
  });
}

// Most requests arrive with such numbers as text. Some parsers, that of GET requests for one, round them.
function findRounded(value: unknown, path: readonly string[]): readonly string[] | null {
  if (typeof value === "number") return Math.abs(value) <= Number.MAX_SAFE_INTEGER ? null : path;
  if (typeof value !== "object" || value === null) return null;
  for (const [key, child] of Object.entries(value)) {
    const rounded = findRounded(child, [...path, key]);
    if (rounded) return rounded;
  }
  return null;
}

/** Whether a name has only the characters that names of variables have, and is not too long. */
export function isVariableName(name: string): boolean {
  return name.length <= MAX_VARIABLE_NAME_LENGTH && VARIABLE_NAME.test(name);
}

/** Checks the name of a variable; null if templates can use it. */
export function checkVariableName(name: string): Fault | null {
  if (name.length > MAX_VARIABLE_NAME_LENGTH) {
    return ["TOO_LONG", `has a name of more than ${MAX_VARIABLE_NAME_LENGTH} characters`];
  }
  if (LIQUID_LITERALS.has(name)) {
    return ["MALFORMED", "has a name that is a reserved word of Liquid"];
  }
  if (VARIABLE_NAME.test(name)) return null;
  return ["MALFORMED", "has a name that templates cannot use; use letters, digits, _ and -"];
}

function checkName(name: string): Fault | null {
  if (hasLineEnd(name)) return HEADER_INJECTION;
  if (name.length > MAX_NAME_LENGTH) {
    return ["TOO_LONG", `is longer than ${MAX_NAME_LENGTH} characters`];
  }
  return name.includes(REPLACEMENT) || !name.isWellFormed() ? NOT_UTF8 : null;
}

function checkVariables(variables: Variables): Fault | null {
  const json = JSON.stringify(variables);
  if (json.length > MAX_VARIABLES_OCTETS || Buffer.byteLength(json) > MAX_VARIABLES_OCTETS) {
    return ["TOO_LONG", `is larger than ${MAX_VARIABLES_OCTETS} bytes of JSON`];
  }
  if (json.includes(REPLACEMENT)) return NOT_UTF8;
  if (!json.includes("\\u") || !UNSTORABLE_JSON.test(json)) return null;
  return ["MALFORMED", "contains a NUL character or a lone surrogate"];
}

function trim(text: string): string {
  // Line ends are not trimmed, so that checkRecipient() refuses them as header injection.
  return hasLineEnd(text) ? text : text.trim();
}
