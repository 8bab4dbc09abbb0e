const INTERVAL_MS = 10;

/**
 * Asks again and again until there is an answer.
 *
 * @param what completes "Waited in vain until …"
 * @param ask answers null, undefined or false for: not yet
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
    await new Promise((resolve) => setTimeout(resolve, INTERVAL_MS));
  }
  throw new Error(`Waited in vain until ${what}`);
}
