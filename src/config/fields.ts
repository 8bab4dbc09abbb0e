import { z } from "zod";

// The messages do not contain the value, because it may be a secret or contain a password.

/** A whole number in decimal digits. */
export function wholeNumber(min: number, max: number): z.ZodType<number, string> {
  const expected = `expected a whole number from ${min} to ${max}`;
  return z.string().regex(/^\d{1,9}$/, expected).transform(Number)
    .pipe(z.number().min(min, expected).max(max, expected));
}

/** An absolute URL with one of these protocols: "https:". */
export function url(protocols: readonly string[]): z.ZodString {
  const expected = `expected a URL that starts with ${
    protocols.map((protocol) => `${protocol}//`).join(" or ")
  }`;
  return z.string().refine((text) => {
    const parsed = URL.parse(text);
    return parsed !== null && protocols.includes(parsed.protocol);
  }, expected);
}

/** "true" or "false". */
export function flag(): z.ZodType<boolean, string> {
  return z.enum(["true", "false"], "expected true or false").transform((text) => text === "true");
}

/** A text of at least `min` characters. */
export function longText(min: number): z.ZodString {
  return z.string().min(min, `expected at least ${min} characters`);
}

/** A text that fits into an HTTP header: visible ASCII characters without spaces. */
export function visibleAscii(): z.ZodString {
  return z.string().regex(/^[\x21-\x7e]*$/, "expected visible ASCII characters without spaces");
}

/** Splits a comma-separated list. */
export function parseList(text: string): string[] {
  return text.split(",").map((part) => part.trim());
}
