import { Repeater } from "@repeaterjs/repeater";
import type { ExecutionResult } from "graphql";
import { toClientError } from "./errors.ts";
import type { OpenSession } from "./sessions.ts";

/**
 * The results of a subscription for as long as its session may have them. A session that is ended, and
 * a source that fails, tell why in a last result; nothing of it reaches the client unmasked.
 */
export function guardStream(
  results: AsyncIterable<ExecutionResult>,
  session: OpenSession,
): AsyncIterableIterator<ExecutionResult> {
  return new Repeater<ExecutionResult>(async (push, stop) => {
    const iterator = results[Symbol.asyncIterator]();
    const end = () => {
      push({ errors: [session.signal.reason] });
      stop();
    };
    stop.then(() => {
      session.signal.removeEventListener("abort", end);
      session.close();
      return iterator.return?.();
    });
    if (session.signal.aborted) return end();
    session.signal.addEventListener("abort", end, { once: true });
    try {
      while (true) {
        const { done, value } = await iterator.next();
        if (done) break;
        await push(value);
      }
    } catch (error) {
      await push({ errors: [toClientError(error)] });
    }
    stop();
  });
}
