import { Repeater } from "@repeaterjs/repeater";
import type { ExecutionResult } from "graphql";
import { toClientError } from "../errors.ts";
import type { OpenSession } from "./sessions.ts";

/**
 * The results of a subscription, for as long as its session may have them. A session that is ended, and
 * a source that fails, tell why in a last result; nothing of it reaches the client unmasked.
 *
 * @param session null: somebody else ends the stream with its session
 */
export function guardStream(
  results: AsyncIterable<ExecutionResult>,
  session: OpenSession | null,
): AsyncIterableIterator<ExecutionResult> {
  return new Repeater<ExecutionResult>(async (push, stop) => {
    const iterator = results[Symbol.asyncIterator]();
    const end = () => {
      push({ errors: [session?.signal.reason] });
      stop();
    };
    stop.then(() => {
      session?.signal.removeEventListener("abort", end);
      session?.close();
      return iterator.return?.();
    });
    if (session?.signal.aborted) return end();
    session?.signal.addEventListener("abort", end, { once: true });
    try {
      let { done, value } = await iterator.next();
      while (!done) {
        await push(value);
        ({ done, value } = await iterator.next());
      }
    } catch (error) {
      await push({ errors: [toClientError(error)] });
    }
    stop();
  });
}
