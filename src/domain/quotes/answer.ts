import { z } from "zod";
import type { Estimate } from "./quote.ts";

const MAX_AMOUNT = 1_000_000_000;
const MAX_LINE_ITEMS = 100;
const MAX_DESCRIPTION = 1_000;
const MAX_NOTES = 5_000;
const CENTS = 100;

/** Answer of the model to a request for a quote. Amounts are numbers, as models write them. */
export const estimateAnswer = z.strictObject({
  currency: z.string(),
  lineItems: z.array(z.strictObject({
    description: z.string(),
    quantity: z.number(),
    unitPrice: z.number(),
  })),
  total: z.number(),
  notes: z.string().nullable(),
});

/** Answer of the model to a request for a quote. */
export type EstimateAnswer = z.output<typeof estimateAnswer>;

/**
 * Finds the faults of an estimate that its schema does not express: line items that do not add up, several
 * currencies, negative amounts.
 *
 * @returns sentences that the model can correct its answer by; none for a valid estimate
 */
export function faultsOfEstimate(answer: EstimateAnswer): string[] {
  const { currency, lineItems, total, notes } = answer;
  const faults: string[] = [];
  if (!/^[A-Z]{3}$/.test(currency)) faults.push("currency is not a single code of ISO 4217");
  if (lineItems.length === 0) faults.push("lineItems is empty");
  if (lineItems.length > MAX_LINE_ITEMS) {
    faults.push(`lineItems has more than ${MAX_LINE_ITEMS} items`);
  }
  for (const [index, { description, quantity, unitPrice }] of lineItems.entries()) {
    const name = `lineItems[${index}]`;
    if (description.trim() === "" || description.length > MAX_DESCRIPTION) {
      faults.push(`${name}.description is empty or longer than ${MAX_DESCRIPTION} characters`);
    }
    if (!isAmount(quantity)) faults.push(`${name}.quantity is negative or above a billion`);
    if (!isAmount(unitPrice)) faults.push(`${name}.unitPrice is negative or above a billion`);
  }
  if (!isAmount(total)) faults.push("total is negative or above a billion");
  const sum = sumOf(answer);
  if (Math.round(total * CENTS) !== sum) {
    faults.push(`total is ${total}, but the line items add up to ${decimal(sum / CENTS)}`);
  }
  if ((notes ?? "").length > MAX_NOTES) {
    faults.push(`notes is longer than ${MAX_NOTES} characters`);
  }
  return faults;
}

/** Converts a valid answer to an estimate. */
export function estimateOf(answer: EstimateAnswer): Estimate {
  const { currency, lineItems, total, notes } = answer;
  return {
    currency,
    lineItems: lineItems.map(({ description, quantity, unitPrice }) => ({
      description: storable(description),
      quantity: `${quantity}`,
      unitPrice: decimal(unitPrice),
    })),
    total: decimal(total),
    notes: storable(notes ?? "") || null,
  };
}

// In cents, because sums of fractions are not exact.
function sumOf({ lineItems }: EstimateAnswer): number {
  return Math.round(
    lineItems.reduce((sum, { quantity, unitPrice }) => sum + quantity * unitPrice, 0) * CENTS,
  );
}

function isAmount(value: number): boolean {
  return value >= 0 && value <= MAX_AMOUNT;
}

/** At least two decimals: 12.5 is "12.50", and 0.125 stays as it is. */
function decimal(value: number): string {
  return value.toFixed(6).replace(/0{1,4}$/, "");
}

function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed().trim();
}
