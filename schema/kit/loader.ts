import { createContextCache } from "@pothos/core";
import DataLoader from "dataloader";
import type { Context } from "./builder.ts";

/**
 * Makes a function that reads something by id, all ids of one turn together. Nothing is kept: the next
 * event of a subscription, which has the same context, must not see what was true before.
 *
 * @param load what there is, by id
 */
export function perContext<T>(
  load: (context: Context, ids: readonly string[]) => Promise<ReadonlyMap<string, T>>,
): (context: Context, id: string) => Promise<T | null> {
  const loaderOf = createContextCache((context: Context) =>
    new DataLoader<string, T | null>(async (ids) => {
      const found = await load(context, [...new Set(ids)]);
      return ids.map((id) => found.get(id) ?? null);
    }, { cache: false })
  );
  return (context, id) => loaderOf(context).load(id);
}
