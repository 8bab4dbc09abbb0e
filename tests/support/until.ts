const INTERVAL_MS = 10;

/** Resolves after that many milliseconds: paces chaos tests, and never stands for a condition. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Calls `ask` every 10 ms until it returns a result.
 *
 * @param what the condition as the error names it: "the message is SENT"
 * @param ask returns null, undefined or false while the condition does not hold
 * @throws after `timeoutMs`
 */
export async function until<T>(
  what: string,
  ask: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const answer = await ask();
    if (answer !== null && answer !== undefined && answer !== false) return answer;
    await sleep(INTERVAL_MS);
  }
  throw new Error(`Timed out after ${timeoutMs} ms waiting until ${what}`);
}
