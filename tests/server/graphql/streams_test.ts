import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import type { ExecutionResult } from "graphql";
import { guardStream } from "../../../src/server/graphql/streams.ts";

Deno.test("guardStream() handles the error of a source that fails while its client disconnects", async () => {
  const { promise: left, resolve: leave } = Promise.withResolvers<
    IteratorResult<ExecutionResult>
  >();
  const source = {
    next: () => left,
    return: () => {
      leave({ done: true, value: undefined });
      return Promise.reject(new Error("no connection"));
    },
  };
  const stream = guardStream({ [Symbol.asyncIterator]: () => source }, null);
  const first = stream.next();
  await stream.return?.();
  assert.deepEqual(await first, { done: true, value: undefined });
  // An unhandled rejection would fail this test, and terminate a server.
  await new Promise((resolve) => setImmediate(resolve));
});
