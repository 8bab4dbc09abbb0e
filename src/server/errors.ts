import { getLogger } from "@logtape/logtape";
import { GraphQLError, type GraphQLErrorExtensions } from "graphql";
import {
  ConflictError,
  DomainError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
} from "../domain/errors.ts";
import { type Unavailable, unavailableOf } from "../domain/unavailable.ts";
import { logUnavailable } from "./unavailable_log.ts";

const log = getLogger(["waybill", "server"]);

/**
 * Converts an error for the client. Domain errors keep their message and get a code. An outage of the database
 * gets the code UNAVAILABLE and the time after which to repeat the request. Every other error is logged under an
 * id, and the client gets the id only.
 */
export function toClientError(error: unknown): GraphQLError {
  const located = error instanceof GraphQLError ? error : null;
  const cause = located ? rootCause(located) : error;
  if (located && !cause) return located;
  const place = located && { nodes: located.nodes, path: located.path };
  if (cause instanceof DomainError) {
    return new GraphQLError(cause.message, { ...place, extensions: extensionsOf(cause) });
  }
  const unavailable = unavailableOf(cause);
  if (unavailable) {
    logUnavailable(unavailable, cause);
    return new GraphQLError(textOf(unavailable), {
      ...place,
      extensions: { code: UNAVAILABLE, retryAfterMs: unavailable.retryAfterMs },
    });
  }
  const errorId = crypto.randomUUID();
  log.error("Request failed: {errorId}", {
    errorId,
    path: located?.path?.join("."),
    error: cause,
  });
  return new GraphQLError(`Internal error; see ${errorId} in the log of the server`, {
    ...place,
    extensions: { code: "INTERNAL_SERVER_ERROR", errorId },
  });
}

/** Code of errors after which the request may be repeated. */
export const UNAVAILABLE = "UNAVAILABLE";

function textOf({ reason, retryAfterMs }: Unavailable): string {
  return `${reason}; repeat the request in ${retryAfterMs / 1_000} s ` +
    "(a change may have taken effect already)";
}

/** Header that names the time of `retryAfterMs`, in seconds. */
export function retryAfter(error: GraphQLError): Record<string, string> {
  const { retryAfterMs } = error.extensions;
  return typeof retryAfterMs === "number"
    ? { "retry-after": String(Math.ceil(retryAfterMs / 1_000)) }
    : {};
}

/** Error for a caller without valid credentials. */
export function unauthenticated(message: string): GraphQLError {
  return new GraphQLError(message, { extensions: { code: "UNAUTHENTICATED" } });
}

/** Creates a response in the form of a GraphQL response without data. */
export function errorResponse(
  status: number,
  error: GraphQLError,
  headers: Readonly<Record<string, string>> = {},
): Response {
  return Response.json({ errors: [error] }, { status, headers });
}

/** Creates the response to a request that failed unexpectedly: 503 during an outage of the database, else 500. */
export function failureResponse(thrown: unknown): Response {
  const error = toClientError(thrown);
  const status = error.extensions.code === UNAVAILABLE ? 503 : 500;
  return errorResponse(status, error, retryAfter(error));
}

/**
 * Response to a request that failed. A client that has closed its connection reads none, as a browser does that
 * opens another page, so its absence is not logged as a fault.
 */
export function failureResponseTo({ signal }: Request, thrown: unknown): Response {
  const cancelled = signal.aborted && thrown instanceof Error && thrown.name === "AbortError";
  return cancelled ? new Response(null, { status: 499 }) : failureResponse(thrown);
}

function rootCause(error: GraphQLError): unknown {
  const { originalError } = error;
  return originalError instanceof GraphQLError ? rootCause(originalError) : originalError;
}

function extensionsOf(error: DomainError): GraphQLErrorExtensions {
  if (error instanceof InvalidInputError) return { code: "INVALID_INPUT", issues: error.issues };
  if (error instanceof NotFoundError) return { code: "NOT_FOUND", ids: error.ids };
  if (error instanceof ConflictError) return { code: "CONFLICT", conflict: error.code };
  if (error instanceof ForbiddenError) return { code: "FORBIDDEN" };
  return { code: "REFUSED" };
}
