const INTERVAL_MS = 10;

/** Resolves after `ms` milliseconds. Only for the pace of chaos tests; `until` waits for a condition. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/**
 * Calls `check` every 10 ms until it returns a result.
 *
 * @param condition for the error: "the message is SENT"
 * @param check returns null, undefined or false while the condition does not hold
 * @throws after `timeoutMs`
 */
export async function until<T>(
  condition: string,
  check: () => T | null | undefined | false | Promise<T | null | undefined | false>,
  timeoutMs = 30_000,
): Promise<T> {
  const deadline = performance.now() + timeoutMs;
  while (performance.now() < deadline) {
    const result = await check();
    if (result !== null && result !== undefined && result !== false) return result;
    await sleep(INTERVAL_MS);
  }
  throw new Error(`Timed out after ${timeoutMs} ms waiting until ${condition}`);
}
