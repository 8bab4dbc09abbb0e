import type { Background } from "./background.ts";

/** The server cannot listen on its address. */
export class ListenError extends Error {
  override readonly name = "ListenError";
}

/**
 * Checks that a server can listen. Call it before anything is stored or printed, because a failure later leaves an
 * installation whose operator key was printed, but which does not run.
 *
 * @throws {ListenError}
 */
export function checkAddress(hostname: string, port: number): void {
  try {
    Deno.listen({ hostname, port }).close();
  } catch (cause) {
    throw listenError(`${hostname}, port ${port}`, cause);
  }
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
    throw listenError(where, cause);
  }
}

function listenError(where: string, cause: unknown): ListenError {
  const reason = cause instanceof Error ? cause.message : String(cause);
  return new ListenError(`Cannot listen at ${where}: ${reason}; see HOST and PORT`, { cause });
}
