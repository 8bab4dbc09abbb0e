import type { Exchange, Operation } from "urql";
import { filter, makeSubject, merge, pipe, tap } from "wonka";

/** Exchange that can read all queries of the page again. */
export interface Reread {
  readonly exchange: Exchange;
  /** Reads all queries that a component shows again, past the cache. */
  all(): void;
}

/** Creates the exchange, which must precede the cache. */
export function createReread(): Reread {
  const active = new Map<number, Operation>();
  const { source, next } = makeSubject<Operation>();
  return {
    all() {
      for (const operation of active.values()) {
        next({ ...operation, context: { ...operation.context, requestPolicy: "network-only" } });
      }
    },
    exchange: ({ forward }) => (operations) =>
      forward(merge([
        pipe(
          operations,
          tap((operation) => {
            if (operation.kind === "query") active.set(operation.key, operation);
            if (operation.kind === "teardown") active.delete(operation.key);
          }),
        ),
        pipe(source, filter(({ key }) => active.has(key))),
      ])),
  };
}
