import { getLogger } from "@logtape/logtape";
import { Repeater } from "@repeaterjs/repeater";
import type { ExecutionResult } from "graphql";
import { toClientError } from "../errors.ts";
import type { OpenSession } from "./sessions.ts";

const log = getLogger(["waybill", "server"]);

/**
 * Forwards the results of a subscription until its session ends. If the session ends or the source
 * fails, the last result contains the error, in the form for clients.
 *
 * @param session null: the caller ends the stream together with the session
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
    stop.then(async () => {
      session?.signal.removeEventListener("abort", end);
      session?.close();
      try {
        await iterator.return?.();
      } catch (error) {
        // Only logged, because the client has disconnected and cannot receive the error.
        log.warn("Cannot end a subscription", { error });
      }
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
