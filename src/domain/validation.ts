import { z } from "zod";
import type { Issue } from "./errors.ts";

const LINE_END_OR_NUL = /[\r\n\0]/;
const HAS_LINE_END = "must not contain line ends or NUL characters";
const MISSING = "is missing";

// Zod's default messages would not continue a sentence that begins with the path.
z.config({ localeError: messageOf });

/** A fault of one value: its code, for programs, and its message, for people. */
export type Fault = readonly [code: string, message: string];

/** Line ends in an address, a name or a subject would let a recipient add headers to a mail. */
export const HEADER_INJECTION: Fault = ["HEADER_INJECTION", HAS_LINE_END];

/** Whether a text holds a line end or a NUL character. */
export function hasLineEnd(text: string): boolean {
  return LINE_END_OR_NUL.test(text);
}

/**
 * Schema of one line of text: 1 to `max` characters without the space around it. A lone surrogate is refused, because
 * the database would store U+FFFD instead.
 *
 * @param max characters
 * @param lineEndCode code of the issue for a line end or a NUL character
 */
export function singleLine(max: number, lineEndCode = "MALFORMED"): z.ZodString {
  return z.string().trim().min(1, "is empty").max(max, `is longer than ${max} characters`)
    .refine((text) => text.isWellFormed(), { error: "must not have lone surrogates" })
    .refine((text) => !hasLineEnd(text), { error: HAS_LINE_END, params: { code: lineEndCode } });
}

/**
 * Converts the issues of zod into ours, with the codes of the API.
 *
 * @param result of `safeParse`
 * @param path of the parsed value in the caller's input
 */
export function issuesOf(
  { error }: z.ZodSafeParseResult<unknown>,
  path: readonly string[] = [],
): Issue[] {
  return (error?.issues ?? []).flatMap((issue) => {
    const field = [...path, ...issue.path.map(String)];
    if (issue.code !== "unrecognized_keys") {
      return { path: field, code: codeOf(issue), message: issue.message };
    }
    const message = "is not a known field";
    return issue.keys.map((key) => ({ path: [...field, key], code: "UNKNOWN_FIELD", message }));
  });
}

function codeOf(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case "too_small":
      return isCounted(issue.origin) ? "REQUIRED" : "OUT_OF_RANGE";
    case "too_big":
      return isCounted(issue.origin) ? "TOO_LONG" : "OUT_OF_RANGE";
    case "custom":
      return typeof issue.params?.code === "string" ? issue.params.code : "MALFORMED";
    case "invalid_type":
      return issue.message === MISSING ? "REQUIRED" : "MALFORMED";
    default:
      return "MALFORMED";
  }
}

function messageOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      if (issue.input === undefined) return MISSING;
      return issue.expected === "int"
        ? "must be a whole number"
        : `must be of type ${issue.expected}`;
    case "too_small":
      return `must ${limitOf(issue.origin, "at least", issue.minimum)}`;
    case "too_big":
      return `must ${limitOf(issue.origin, "at most", issue.maximum)}`;
    default:
      return "is invalid";
  }
}

function limitOf(origin: string, bound: "at least" | "at most", limit: number | bigint): string {
  if (origin === "string") return `have ${bound} ${limit} characters`;
  return isCounted(origin) ? `have ${bound} ${limit} elements` : `be ${bound} ${limit}`;
}

/** Whether a limit applies to a number of characters or elements, not to the value of a number. */
function isCounted(origin: string): boolean {
  return origin === "string" || origin === "array";
}
