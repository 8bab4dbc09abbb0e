import type { Background } from "./background.ts";

/** The server cannot listen on its address. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/**
 * Starts a server. If that fails, stops the background work first, because deliveries in flight would
 * otherwise become UNKNOWN.
 *
 * @param where host and port, for the error
 * @throws {ListenError}
 */
export async function listen<T>(
  where: string,
  background: Background | null,
  start: () => T,
): Promise<T> {
  try {
    return start();
  } catch (cause) {
    await background?.stop();
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new ListenError(`Cannot listen at ${where}: ${reason}; see HOST and PORT`, { cause });
  }
}
