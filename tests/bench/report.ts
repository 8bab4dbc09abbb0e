// deno-lint-ignore-file no-console

/** The median. */
export function median(values: readonly number[]): number {
  return quantile(values, 0.5);
}

/** The quantile `q`: 0.99 for p99. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(Math.floor(sorted.length * q), sorted.length - 1)] ?? NaN;
}

/** Runs the measurements alternately, `rounds` times, so that a slow phase affects all; returns medians. */
export async function measureAlternately(
  rounds: number,
  measurements: Readonly<Record<string, () => Promise<number>>>,
): Promise<Record<string, number>> {
  const rates: Record<string, number[]> = {};
  for (let round = 0; round < rounds; round++) {
    for (const [name, run] of Object.entries(measurements)) (rates[name] ??= []).push(await run());
  }
  return Object.fromEntries(Object.entries(rates).map(([name, values]) => [name, median(values)]));
}

const READINGS = 7;

/** The median time of several readings, as text in milliseconds. */
export async function timeOf(read: () => Promise<unknown>): Promise<string> {
  const times: number[] = [];
  for (let n = 0; n < READINGS; n++) {
    const startedAt = performance.now();
    await read();
    times.push(performance.now() - startedAt);
  }
  return `${median(times).toFixed(1)} ms`;
}

/** Prints one line of the result. */
export function report(what: string, value: string): void {
  console.log(`${what.padEnd(58)} ${value}`);
}

/** Formats a rate: "53,302/s". */
export function perSecond(rate: number): string {
  return `${Math.round(rate).toLocaleString("en")}/s`;
}
