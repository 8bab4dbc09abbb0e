import { connection } from "./connection.ts";

/**
 * Loads a part of the page. While the server cannot be reached it waits, because a failed import would leave
 * the page without this part until it is reloaded.
 */
export async function loadPart<Part>(load: () => Promise<Part>): Promise<Part> {
  if (connection.get().state === "RECONNECTING") await reconnected();
  return await load();
}

function reconnected(): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const unsubscribe = connection.subscribe(() => {
    if (connection.get().state === "RECONNECTING") return;
    unsubscribe();
    resolve();
  });
  return promise;
}
