import type { Background } from "./background.ts";

/**
 * Creates a function that starts background work for a request, and shares it among requests at the same time. The
 * last one stops it.
 *
 * @returns function that resolves with the function that ends the use
 */
export function shareBackground(
  start: () => Promise<Background>,
): () => Promise<() => Promise<void>> {
  let users = 0;
  let running: Promise<Background> | null = null;
  let stopped: Promise<unknown> = Promise.resolve();
  const release = async () => {
    users--;
    if (users > 0 || !running) return;
    stopped = running.then((background) => background.stop());
    running = null;
    await stopped;
  };
  return async () => {
    users++;
    running ??= stopped.catch(() => {}).then(start);
    try {
      await running;
    } catch (error) {
      users--;
      running = null;
      throw error;
    }
    return release;
  };
}
