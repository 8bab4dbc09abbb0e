import type { ExecutionResult } from "graphql";
import { isAsyncIterable, type Plugin } from "graphql-yoga";
import { retryAfter, UNAVAILABLE } from "../errors.ts";

/**
 * Responds with HTTP 503 and Retry-After if the database was unavailable for the whole request. A response with
 * some data stays 200, because clients do not read the data of a 503.
 */
export function useUnavailable(): Plugin {
  return {
    onExecutionResult({ result, setResult }) {
      if (!result || isAsyncIterable(result) || Array.isArray(result)) return;
      const { errors = [], data } = result as ExecutionResult;
      if (errors.length === 0 || Object.values(data ?? {}).some((field) => field !== null)) return;
      if (errors.some(({ extensions }) => extensions.code !== UNAVAILABLE)) return;
      for (const error of errors) {
        error.extensions.http = { status: 503, headers: retryAfter(error) };
      }
      setResult(result);
    },
  };
}
