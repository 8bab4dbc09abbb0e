import { z } from "zod";
import type { ImportRow } from "../../domain/audiences/audience.ts";
import type { ContactRow } from "../../domain/contacts/import.ts";
import type { SuppressionRow } from "../../domain/suppressions/import.ts";
import type { RefusedLine } from "./upload.ts";

const text = z.string({
  error: ({ input }) => `is ${input === undefined ? "missing" : "not a string"}`,
});
const variables = z.record(z.string(), z.unknown(), "is not an object").nullish();
const fault: z.core.$ZodErrorMap = (issue) =>
  issue.code === "unrecognized_keys"
    ? `has the unknown field ${JSON.stringify(issue.keys[0])}`
    : "is not a JSON object";
const recipientSchema = z.strictObject(
  { address: text, name: text.nullish(), variables },
  { error: fault },
);
const contactSchema = z.strictObject({
  email: text.nullish(),
  psid: text.nullish(),
  name: text.nullish(),
  vip: z.boolean("is neither true nor false").nullish(),
  variables,
}, { error: fault });
// Other fields are ignored, because the exports of providers have many.
const suppressionSchema = z.object(
  { address: text, reason: text.nullish() },
  "is not a JSON object",
);

/** Reads the object of a recipient; `email` stands for `address`. */
export function recipientOf(json: unknown, line: number): ImportRow {
  const result = recipientSchema.safeParse(withAddress(json));
  return result.success ? { line, recipient: result.data } : refused(line, result.error);
}

/** Reads the object of a contact. */
export function contactOf(json: unknown, line: number): ContactRow {
  const result = contactSchema.safeParse(json);
  return result.success ? { line, contact: result.data } : refused(line, result.error);
}

/** Reads the object of a suppression; `email` stands for `address`. */
export function suppressionOf(json: unknown, line: number): SuppressionRow {
  const result = suppressionSchema.safeParse(withAddress(json));
  if (!result.success) return refused(line, result.error);
  const { address, reason = null } = result.data;
  return { line, suppression: { address, reason } };
}

function withAddress(json: unknown): unknown {
  if (typeof json !== "object" || json === null || !("email" in json) || "address" in json) {
    return json;
  }
  const { email, ...others } = json;
  return { ...others, address: email };
}

function refused(line: number, { issues }: z.ZodError): RefusedLine {
  return {
    line,
    reason: issues.map(({ path, message }) => [...path, message].join(" ")).join("; "),
  };
}
