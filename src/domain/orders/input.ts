import { z } from "zod";
import { checkEmailAddress, normalizeEmailAddress } from "../email_address.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import { readMicros } from "../money.ts";
import { issuesOf, singleLine } from "../validation.ts";
import type { NewOrder, UpsertOrderInput } from "./order.ts";

// Above a billion, because of currencies such as the rupiah.
const TOTAL_DIGITS = 12;
// Tolerance for the clocks and time zones of other systems.
const MAX_AHEAD_MS = 24 * 60 * 60_000;

const schema = z.object({
  number: singleLine(100),
  status: singleLine(200),
  total: z.object({
    currency: z.string().trim().toUpperCase()
      .regex(/^[A-Z]{3}$/, "must be a code of ISO 4217, such as USD"),
  }),
});

/**
 * Checks the fields of an order.
 *
 * @throws {InvalidInputError} with every fault
 */
export function checkOrder(input: UpsertOrderInput): NewOrder {
  const fields = schema.safeParse(input);
  const issues = issuesOf(fields);
  const email = input.contactEmail.trim();
  const fault = checkEmailAddress(email);
  if (fault) issues.push({ path: ["contactEmail"], code: fault[0], message: fault[1] });
  const totalMicros = readMicros(input.total, ["total"], issues, TOTAL_DIGITS);
  const placedAt = input.createdAt ?? null;
  if (placedAt !== null) issues.push(...issuesOfTime(placedAt));
  if (!fields.success || issues.length > 0) throw new InvalidInputError(issues);
  const { number, status, total: { currency } } = fields.data;
  const contactEmail = normalizeEmailAddress(email);
  return { number, status, contactEmail, totalMicros, currency, placedAt };
}

function issuesOfTime(placedAt: Date): Issue[] {
  if (placedAt.getTime() <= Date.now() + MAX_AHEAD_MS) return [];
  return [{ path: ["createdAt"], code: "OUT_OF_RANGE", message: "must not be in the future" }];
}
