import type { Issue } from "./errors.ts";

/** Amount of money. */
export interface Money {
  /** Decimal number: "12.50". */
  readonly amount: string;
  /** ISO 4217: "USD". */
  readonly currency: string;
}

const MICROS = 1_000_000n;
const DECIMALS = 6;

/** Converts millionths of a currency to an amount with at least two decimals: 12_500_000n is "12.50". */
export function moneyOf(micros: bigint, currency: string): Money {
  const absolute = micros < 0n ? -micros : micros;
  const fraction = (absolute % MICROS).toString().padStart(DECIMALS, "0").replace(/0{1,4}$/, "");
  return { amount: `${micros < 0n ? "-" : ""}${absolute / MICROS}.${fraction}`, currency };
}

/**
 * Reads the amount of an input.
 *
 * @param path of the money in the caller's input
 * @param issues gets an issue if the amount is no decimal number with at most 6 decimals, negative, or has more
 *   digits before the point than `wholeDigits`
 * @returns millionths of the currency; 0n with an issue
 */
export function readMicros(
  { amount }: Money,
  path: readonly string[],
  issues: Issue[],
  wholeDigits = 9,
): bigint {
  const [, whole = "", fraction = ""] = /^(\d+)(?:\.(\d{1,6}))?$/.exec(amount.trim()) ?? [];
  if (whole !== "" && whole.length <= wholeDigits) {
    return BigInt(whole) * MICROS + BigInt(fraction.padEnd(DECIMALS, "0"));
  }
  const message = `must be a decimal number from 0 to ${"9".repeat(wholeDigits)}, ` +
    "with at most 6 decimals";
  issues.push({ path: [...path, "amount"], code: "MALFORMED", message });
  return 0n;
}
