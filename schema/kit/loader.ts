import { createContextCache } from "@pothos/core";
import DataLoader from "dataloader";
import type { Context } from "./builder.ts";

/**
 * Makes a function that loads one object by id; calls in the same tick share one read. Results are not
 * cached, because all events of a subscription share one context and later events need fresh data.
 *
 * @param load reads the objects that exist, keyed by id
 * @returns the loading function; it resolves to null for an unknown id
 */
export function batchLoader<T>(
  load: (context: Context, ids: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): (context: Context, id: string) => Promise<T | null> {
  const loaderOf = createContextCache((context: Context) =>
    new DataLoader<string, T | null>(async (ids) => {
      const values = await load(context, [...new Set(ids)]);
      return ids.map((id) => values.get(id) ?? null);
    }, { cache: false })
  );
  return (context, id) => loaderOf(context).load(id);
}
